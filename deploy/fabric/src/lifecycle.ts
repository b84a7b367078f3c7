import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ChaincodeOptions } from './chaincode-options.ts';
import { chaincodePackage } from './chaincode-package.ts';
import { ordererParameters, runAsAdministrator } from './channel.ts';
import type { Context } from './context.ts';
import { FabricNetworkError } from './errors.ts';
import { peerCrypto } from './layout.ts';
import { flags } from './processes.ts';
import type { ChaincodeProfile } from './profile.ts';
import { channelName, peerOrganisations, peerPort } from './topology.ts';
import type { PeerOrganisation } from './topology.ts';
import { together } from './wait.ts';

/**
 * Installs a chaincode's package on all peers, has all organisations approve its definition, and
 * commits it. A chaincode that is on the channel already gets the next sequence.
 */
export async function deployChaincode(
  context: Context,
  chaincode: ChaincodeOptions,
): Promise<ChaincodeProfile> {
  const { layout, report } = context;
  const { name, version, address, policy } = chaincode;
  const { bytes, label, packageId } = chaincodePackage(name, version, address);
  const file = join(layout.packages, `${label}.tar.gz`);
  await mkdir(layout.packages, { recursive: true });
  await writeFile(file, bytes);

  const sequence = 1 + (await committedSequence(context, name));
  report(`Chaincode ${name} ${version} at ${address}, sequence ${sequence}.`);
  const definition = [
    ...flags({ '--channelID': channelName, '--name': name, '--version': version }),
    ...flags({ '--sequence': String(sequence) }),
    ...policyParameters(policy),
  ];
  await together(
    context.signal,
    peerOrganisations.map((organisation) => async (signal) => {
      const own = { ...context, signal };
      await unlessDone(
        lifecycle(own, organisation, ['install', file]),
        'chaincode already successfully installed',
      );
      await unlessDone(
        submitLifecycle(own, organisation, [
          'approveformyorg',
          ...definition,
          ...flags({ '--package-id': packageId }),
          ...peerParameters(own, [organisation]),
        ]),
        'attempted to redefine uncommitted sequence',
      );
    }),
  );
  const peers = peerParameters(context, peerOrganisations);
  await submitLifecycle(context, peerOrganisations[0], ['commit', ...definition, ...peers]);
  return { name, address, version, sequence, packageId, policy };
}

/** The sequence of a chaincode's definition on the channel; 0 where it has none. */
async function committedSequence(context: Context, name: string): Promise<number> {
  const parameters = ['querycommitted', '--channelID', channelName, '--output', 'json'];
  const { chaincode_definitions: definitions = [] } = JSON.parse(
    await lifecycle(context, peerOrganisations[0], parameters),
  ) as { chaincode_definitions?: { name: string; sequence: number }[] };
  return definitions.find((definition) => definition.name === name)?.sequence ?? 0;
}

/** How the `peer` command line is told an endorsement policy. */
export function policyParameters(policy: string): string[] {
  if (policy === 'MAJORITY') {
    return [];
  }
  return policy.startsWith('/')
    ? ['--channel-config-policy', policy]
    : ['--signature-policy', policy];
}

/** Runs a lifecycle command that sends a transaction. */
async function submitLifecycle(
  context: Context,
  organisation: PeerOrganisation,
  parameters: readonly string[],
): Promise<string> {
  return lifecycle(context, organisation, [...parameters, ...ordererParameters(context)]);
}

async function lifecycle(
  context: Context,
  organisation: PeerOrganisation,
  parameters: readonly string[],
): Promise<string> {
  return runAsAdministrator(context, organisation, ['lifecycle', 'chaincode', ...parameters]);
}

function peerParameters(context: Context, organisations: readonly PeerOrganisation[]): string[] {
  const { layout, settings } = context;
  return organisations.flatMap((organisation) =>
    flags({
      '--peerAddresses': `localhost:${peerPort(settings.ports, organisation.mspId)}`,
      '--tlsRootCertFiles': join(peerCrypto(layout.crypto, organisation), 'tls', 'ca.crt'),
    }),
  );
}

/** Waits for a command; it is fine where an earlier, interrupted run has done the same already. */
async function unlessDone(command: Promise<string>, done: string): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!hasFailedWith(error, done)) {
      throw error;
    }
  }
}

function hasFailedWith(error: unknown, text: string): boolean {
  return (
    error instanceof FabricNetworkError &&
    error.code === 'command-failed' &&
    error.message.includes(text)
  );
}

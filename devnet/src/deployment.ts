import { peer } from '@hyperledger/fabric-protos';

import { ConfigError, type DevnetConfig } from './config.ts';
import type { EndorsementCollector } from './gateway/endorsement-collector.ts';
import { newProposal, type Proposer } from './endorsing/new-proposal.ts';
import { unpackProposal } from './endorsing/signed-proposal.ts';
import { channelPolicyReference } from './membership/application-policy.ts';
import { rolesPolicy } from './membership/signature-policy.ts';
import type { Orderer } from './ordering/orderer.ts';
import { type ChaincodeDefinition, LIFECYCLE } from './system-chaincodes/lifecycle-state.ts';

/** What it takes to submit a transaction from within. */
export type DeploymentContext = {
  readonly channelId: string;
  readonly admin: Proposer;
  readonly collector: EndorsementCollector;
  readonly orderer: Orderer;
  readonly definition: (name: string) => ChaincodeDefinition | undefined;
  readonly now: () => Date;
};

type WantedDefinition = DevnetConfig['chaincodes'][string];

/**
 * Commits the definitions that the configuration asks for and the channel does not have, each by
 * a transaction like any other, so that the chain itself says what was deployed when.
 * Throws {@link ConfigError} where the channel has another definition of the same sequence, or not
 * yet the one before.
 */
export async function deployChaincodes(
  config: DevnetConfig,
  context: DeploymentContext,
): Promise<void> {
  for (const [name, wanted] of wantedDefinitions(config)) {
    const current = context.definition(name);
    checkAgainst(current, name, wanted, config);
    if (current !== undefined && current.sequence >= wanted.sequence) continue;
    await commitDefinition(name, wanted, config, context);
  }
}

function checkAgainst(
  current: ChaincodeDefinition | undefined,
  name: string,
  wanted: WantedDefinition,
  config: DevnetConfig,
): void {
  const next = (current?.sequence ?? 0) + 1;
  if (wanted.sequence > next) {
    throw new ConfigError(
      `chaincodes.${name}.sequence is ${wanted.sequence}, and the next one is ${next}`,
    );
  }
  if (current?.sequence !== wanted.sequence) return;
  const policy = endorsementPolicy(wanted, config);
  if (
    current.version === wanted.version &&
    Buffer.compare(current.endorsementPolicy, policy) === 0
  ) {
    return;
  }
  throw new ConfigError(
    `chaincodes.${name} is not as the ledger in ${config.directory} has it: ` +
      `to change version or endorsement, raise its sequence to ${next}`,
  );
}

function wantedDefinitions(config: DevnetConfig): Map<string, WantedDefinition> {
  const names = config.organisations.flatMap(({ chaincodes }) => Object.keys(chaincodes));
  const defaults: WantedDefinition = { version: '1.0', sequence: 1, endorsement: 'MAJORITY' };
  return new Map(
    [...new Set(names)].sort().map((name) => [name, config.chaincodes[name] ?? defaults]),
  );
}

async function commitDefinition(
  name: string,
  wanted: WantedDefinition,
  config: DevnetConfig,
  context: DeploymentContext,
): Promise<void> {
  const args = new peer.lifecycle.CommitChaincodeDefinitionArgs();
  args.setName(name);
  args.setVersion(wanted.version);
  args.setSequence(wanted.sequence);
  args.setValidationParameter(endorsementPolicy(wanted, config));
  const { txId, signedProposal } = newProposal(
    {
      channelId: context.channelId,
      chaincode: LIFECYCLE,
      args: [Buffer.from('CommitChaincodeDefinition'), args.serializeBinary()],
    },
    context.admin,
    context.now(),
  );
  const { header, payload } = unpackProposal(signedProposal);
  const call = {
    signedProposal,
    header,
    payload,
    channel: context.channelId,
    chaincode: LIFECYCLE,
  };
  const envelope = await context.collector.endorse(call, []);
  envelope.setSignature(context.admin.sign(envelope.getPayload_asU8()));
  const result = context.orderer.broadcast(envelope);
  if (result.info !== '') throw new Error(`chaincode ${name} was not ordered: ${result.info}`);
  await context.orderer.cut();
  if (context.definition(name)?.sequence !== wanted.sequence) {
    throw new Error(`the definition of ${name} was not valid (transaction ${txId})`);
  }
}

/** A serialized peer.ApplicationPolicy; the same bytes whatever the order of organisations. */
function endorsementPolicy(wanted: WantedDefinition, config: DevnetConfig): Uint8Array {
  if (wanted.endorsement === 'MAJORITY') {
    return channelPolicyReference('/Channel/Application/Endorsement');
  }
  const mspIds = config.organisations.map(({ mspId }) => mspId).sort();
  const peers = mspIds.map((mspId) => ({ mspId, role: 'PEER' as const }));
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(rolesPolicy(wanted.endorsement === 'ANY' ? 1 : peers.length, peers));
  return policy.serializeBinary();
}

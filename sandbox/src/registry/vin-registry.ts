import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { SigningKey } from '@passport/ledger-client';
import { OprfEvaluator } from '@passport/privacy/oprf';
import { readyEvent, type RunningProcess, startProcess } from '@passport/runtime';
import { writePublicKey } from '@passport/vin-registry';

import { keptKey, keyFile } from '../keep.ts';
import { CHAINCODE } from '../organisations.ts';
import { REGISTRY } from '../setup/found-consortium.ts';

/** Whose services they are: two members, so that neither has both key and table. */
export const EVALUATOR_MEMBER = 'AssistanceMSP';

/** What an intake has to know of the two services. */
export type VinRegistryAddresses = {
  readonly evaluatorUrl: string;
  readonly registryUrl: string;
  /** Public keys of the evaluator, as the consortium has told them. */
  readonly evaluatorKeys: readonly Uint8Array[];
};

/** The two services, as they were started here. */
export type VinRegistry = VinRegistryAddresses & {
  /** The evaluator's public key, a file. */
  readonly evaluatorKeyFile: string;
  /** Settles with the name of the first one that ends by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

type Service = RunningProcess<Record<string, unknown>>;

const STOP_MS = 10_000;

/** A sandbox feeds thousands of vehicles at once; the limits of a real intake are far lower. */
const limits = { VEHICLES_PER_SECOND: '2000', VEHICLES_BURST: '5000' };

/**
 * Starts evaluator and registry. Nothing stays behind on failure. Throws ProcessError, or the signal's
 * reason.
 */
export async function startVinRegistry(options: {
  /** The sandbox's folder. */
  readonly directory: string;
  readonly profile: string;
  /** Where certificates of erasures come together; without it the registry follows none. */
  readonly erasuresApi?: string;
  readonly signal: AbortSignal;
}): Promise<VinRegistry> {
  const { directory, profile, erasuresApi, signal } = options;
  const folder = join(directory, 'vin-registry');
  await mkdir(folder, { recursive: true });
  const key = await keptKey(directory, 'evaluator');
  const evaluator = evaluatorOf(key);
  const evaluatorKeyFile = join(folder, 'evaluator.public.jwk');
  await writePublicKey(evaluatorKeyFile, key);
  await keptKey(directory, 'registry');
  const services: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of services.toReversed()) await service.stop(STOP_MS);
  };
  const start = async (name: 'evaluator' | 'registry', own: Record<string, string>) => {
    const service = await startProcess<Record<string, unknown>>({
      command: process.execPath,
      args: [
        fileURLToPath(import.meta.resolve(`@passport/vin-registry/${name}`)),
        '--stop-on-stdin-end',
      ],
      env: {
        LEDGER_PROFILE: profile,
        AUDIT_FILE: join(folder, `${name}-audit.jsonl`),
        ...limits,
        ...own,
      },
      logFile: join(directory, 'logs', `${name}.log`),
      readyLine: readyEvent(`${name}.ready`),
      signal,
    });
    services.push(service);
    return service;
  };
  try {
    const running = {
      evaluator: await start('evaluator', {
        EVALUATOR_KEYS: keyFile(directory, 'evaluator'),
      }),
      registry: await start('registry', {
        REGISTRY_SOURCE: REGISTRY,
        REGISTRY_SIGNING_KEY: keyFile(directory, 'registry'),
        REGISTRY_OPRF_KEYS: evaluator.keyId,
        REGISTRY_STATE: join(folder, 'registry'),
        CHAINCODE,
        ...(erasuresApi === undefined ? {} : { REGISTRY_ERASURES_API: erasuresApi }),
      }),
    };
    return {
      evaluatorUrl: addressOf(running.evaluator),
      registryUrl: addressOf(running.registry),
      evaluatorKeys: [evaluator.publicKey],
      evaluatorKeyFile,
      ended: Promise.race([
        running.evaluator.exited.then(() => 'evaluator'),
        running.registry.exited.then(() => 'registry'),
      ]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf({ ready }: Service): string {
  return `http://127.0.0.1:${String(ready['port'])}`;
}

function evaluatorOf({ privateKey }: SigningKey): OprfEvaluator {
  const { d = '' } = privateKey.export({ format: 'jwk' });
  return new OprfEvaluator(Buffer.from(d, 'base64url'), randomBytes);
}

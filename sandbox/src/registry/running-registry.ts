import { keyIdOf } from '@passport/ledger-client';
import type { KeyId } from '@passport/model';
import { ConfigurationError } from '@passport/runtime';
import { readEvaluatorKey, readPublicKey } from '@passport/vin-registry';

import type { VinRegistryAddresses } from './vin-registry.ts';

/** Where evaluator and registry run, in words of the command line. */
type RegistryWords = {
  readonly evaluatorUrl?: string | undefined;
  readonly registryUrl?: string | undefined;
  /** Files of public keys. */
  readonly evaluatorKeyFiles?: readonly string[] | undefined;
  readonly registryKeyFile?: string | undefined;
};

/** Services of others: nobody here starts or stops them. */
export type RunningRegistry = VinRegistryAddresses & {
  /** Of the key that signs tickets. */
  readonly keyId: KeyId;
  /** Nothing is to be done: it goes on. */
  stop(): Promise<void>;
};

/**
 * Evaluator and registry that run already; undefined where none of it is said. Throws ConfigurationError where
 * only some of it is, PublicKeyFileError.
 */
export async function runningRegistry(words: RegistryWords): Promise<RunningRegistry | undefined> {
  const { evaluatorUrl, registryUrl, evaluatorKeyFiles, registryKeyFile } = words;
  const said = [evaluatorUrl, registryUrl, evaluatorKeyFiles, registryKeyFile];
  if (said.every((word) => word === undefined)) return undefined;
  if (
    evaluatorUrl === undefined ||
    registryUrl === undefined ||
    evaluatorKeyFiles === undefined ||
    registryKeyFile === undefined
  ) {
    const all = '--evaluator-url, --registry-url, --evaluator-public-keys, --registry-public-key';
    throw new ConfigurationError(`${all} come together`);
  }
  return {
    evaluatorUrl,
    registryUrl,
    evaluatorKeys: await Promise.all(evaluatorKeyFiles.map(readEvaluatorKey)),
    keyId: await keyIdOf(await readPublicKey(registryKeyFile)),
    stop: async () => {},
  };
}

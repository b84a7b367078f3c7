import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { FabricNetworkError } from './errors.ts';

/** Fabric's programs that the network needs. */
export const fabricPrograms = ['peer', 'orderer', 'configtxgen', 'cryptogen', 'osnadmin'] as const;

/** One of Fabric's programs. */
export type FabricProgram = (typeof fabricPrograms)[number];

/** The absolute path of each program. */
export type FabricBinaries = Readonly<Record<FabricProgram, string>>;

/**
 * Finds Fabric's programs in a search path.
 *
 * @param searchPath the folders, as in PATH
 * @throws FabricNetworkError `binary-missing` naming those that are not there
 */
export function findBinaries(searchPath: string): FabricBinaries {
  const found: Partial<Record<FabricProgram, string>> = {};
  for (const program of fabricPrograms) {
    const path = findProgram(program, searchPath);
    if (path !== undefined) {
      found[program] = path;
    }
  }
  const missing = fabricPrograms.filter((program) => found[program] === undefined);
  if (missing.length > 0) {
    throw new FabricNetworkError(
      'binary-missing',
      `Not on PATH: ${missing.join(', ')}. They come with Hyperledger Fabric 2.5: unpack ` +
        'hyperledger-fabric-<system>-2.5.*.tar.gz of https://github.com/hyperledger/fabric/releases ' +
        'and put its bin folder on PATH.',
    );
  }
  return found as FabricBinaries;
}

/** Reads the version out of what `peer version` prints. */
export function parseVersion(output: string): string {
  const version = /^\s*Version:\s*(\S+)/m.exec(output)?.[1];
  if (version === undefined) {
    throw new FabricNetworkError('command-failed', '`peer version` states no version.');
  }
  return version.replace(/^v/, '');
}

function findProgram(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    return false;
  }
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { dirname } from 'node:path';

import type { FabricBinaries } from './binaries.ts';
import type { Layout } from './layout.ts';
import type { Environment } from './node-environment.ts';
import type { Settings } from './settings.ts';

/** What every step of the making of a network needs. */
export interface Context {
  readonly binaries: FabricBinaries;
  readonly layout: Layout;
  readonly settings: Settings;
  /** Our variables, cleaned: all that a chaincode server is told of them. */
  readonly environment: Environment;
  /** The same with what Fabric's programs are told of logging; each gets its own ones on top. */
  readonly fabricEnvironment: Environment;
  /** Tells people what is being done. */
  readonly report: (line: string) => void;
  /** Fires when the making has to be given up. */
  readonly signal: AbortSignal;
}

/** The folder with crypto-config.yaml, configtx.yaml, core.yaml, orderer.yaml and builders. */
export const configurationFolder = dirname(import.meta.dirname);

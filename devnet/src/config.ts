import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { z } from 'zod';

const port = z.int().min(0).max(65_535);
const milliseconds = z.int().positive();
const bytes = z.int().positive();

const chaincodeServer = z.string().regex(/^.+:\d+$/, 'must be host:port of a chaincode server');

const organisation = z.strictObject({
  mspId: z.string().min(1),
  /** The domain under which its certificates lie, as in cryptogen's layout. */
  domain: z.string().min(1),
  /** Port of its peer's gateway; 0 takes a free one. */
  port: port.default(0),
  /**
   * Chaincodes that its peer runs: name to `host:port` of the chaincode server, which registers
   * under that name (its CHAINCODE_ID).
   */
  chaincodes: z.record(z.string().min(1), chaincodeServer).default({}),
});

const chaincodeDefinition = z.strictObject({
  version: z.string().min(1).default('1.0'),
  sequence: z.int().positive().default(1),
  /**
   * How many organisations must endorse: a majority, by the channel's own policy, or any one, or
   * all of them.
   */
  endorsement: z.enum(['MAJORITY', 'ANY', 'ALL']).default('MAJORITY'),
});

/** Configuration of one devnet; every limit that it has is named here. */
export const devnetConfig = z.strictObject({
  /** Where certificates, ledger and network profile lie. */
  directory: z.string().min(1),
  channel: z
    .string()
    .regex(/^[a-z][a-z0-9.-]{0,248}$/)
    .default('passport'),
  /**
   * Who can reach the peers: this machine, where they are called localhost; or any that reaches
   * this one, and that finds a peer under the name in its certificate, `peer0.<domain>`.
   */
  reach: z.enum(['loopback', 'network']).default('loopback'),
  organisations: z.array(organisation).min(1),
  ordererOrganisation: z
    .strictObject({ mspId: z.string().min(1), domain: z.string().min(1) })
    .default({ mspId: 'OrdererMSP', domain: 'orderer.example' }),
  /** Definitions by chaincode; a chaincode that an organisation runs and is not here gets one. */
  chaincodes: z.record(z.string().min(1), chaincodeDefinition).default({}),
  batch: z
    .strictObject({
      timeoutMs: milliseconds.default(5),
      maxMessageCount: z.int().positive().default(500),
      absoluteMaxBytes: bytes.default(10 * 1024 * 1024),
      preferredMaxBytes: bytes.default(2 * 1024 * 1024),
    })
    .prefault({}),
  /** How long a proposal waits for a chaincode server that is not connected. */
  chaincodeConnectTimeoutMs: milliseconds.default(3_000),
  /** Pause before a lost chaincode server is tried again; doubled with each failure. */
  chaincodeReconnectMs: z
    .strictObject({ first: milliseconds.default(50), longest: milliseconds.default(1_000) })
    .prefault({}),
  /** Results of one query at most (a peer's ledger.state.totalQueryLimit). */
  totalQueryLimit: z.int().positive().default(100_000),
  /** How long a proposal's chaincode may take. */
  executeTimeoutMs: milliseconds.default(30_000),
  /** Largest gRPC message, either way, as a peer's. */
  messageBytesMax: bytes.default(100 * 1024 * 1024),
  /** Gateway calls under way at once for each organisation. */
  gatewayConcurrencyMax: z.int().positive().default(500),
  /** Envelopes that wait for their block. */
  pendingEnvelopesMax: z.int().positive().default(10_000),
  /** How far from the clock a Deliver request's timestamp may be. */
  deliverTimeWindowMs: milliseconds.default(15 * 60 * 1000),
  /** Developer controls over HTTP on the loopback interface; none without this. */
  control: z.strictObject({ port: port.default(0) }).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/** A checked configuration, with all defaults filled in. */
export type DevnetConfig = z.output<typeof devnetConfig>;

/** The configuration as it is written: everything with a default may be left out. */
export type DevnetConfigInput = z.input<typeof devnetConfig>;

/** The configuration file cannot be used; the message says which setting and why. */
export class ConfigError extends Error {
  readonly code = 'DEVNET_CONFIG';

  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** Reads a configuration file (JSON). Throws {@link ConfigError}. */
export async function readConfigFile(path: string): Promise<DevnetConfig> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`cannot read ${path} as JSON: ${String(error)}`);
  }
  return parseConfig(json);
}

/** Checks a configuration and fills in the defaults. Throws {@link ConfigError}. */
export function parseConfig(input: unknown): DevnetConfig {
  const parsed = devnetConfig.safeParse(input);
  if (!parsed.success) throw new ConfigError(z.prettifyError(parsed.error));
  checkOrganisations(parsed.data);
  return { ...parsed.data, directory: resolve(parsed.data.directory) };
}

function checkOrganisations(config: DevnetConfig): void {
  const everyone = [...config.organisations, config.ordererOrganisation];
  for (const names of [everyone.map(({ mspId }) => mspId), everyone.map(({ domain }) => domain)]) {
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) {
      throw new ConfigError(`organisations: ${twice} is there twice, the orderer's included`);
    }
  }
  const run = new Set(config.organisations.flatMap(({ chaincodes }) => Object.keys(chaincodes)));
  const idle = Object.keys(config.chaincodes).find((name) => !run.has(name));
  if (idle !== undefined) {
    throw new ConfigError(
      `chaincodes: ${idle} is defined, but no organisation runs it; ` +
        'name its server under an organisation',
    );
  }
}

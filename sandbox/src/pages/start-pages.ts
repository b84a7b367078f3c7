import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { CHAINCODE, type Member } from '../organisations.ts';
import { type RunningService, startService } from '../pipeline/service.ts';
import type { VinRegistry } from '../registry/vin-registry.ts';
import { enrolmentsFile, makeProfessionalCodes } from './professional-codes.ts';

/** Whose pages they are: any member could have some. It relays what people sign, and sees nothing opened. */
const PORTAL: Member = 'GarageMSP';

/** How the pages are started. */
export type PagesOptions = {
  /** The sandbox's folder. */
  readonly directory: string;
  /** The network's profile, a file. */
  readonly profile: string;
  /** The serving API. */
  readonly apiUrl: string;
  /** Where each service of the pipeline says how it is. */
  readonly health: Readonly<Record<string, string>>;
  /** Where each member's connector says of its feeds how they are. */
  readonly connectors: Readonly<Partial<Record<Member, string>>>;
  /** The bank's desk. */
  readonly bankUrl: string;
  readonly registry: VinRegistry;
  /** 0 for a free one. */
  readonly port: number;
  readonly signal: AbortSignal;
};

/** The pages' server, and where it is. */
export type RunningPages = RunningService & { readonly url: string };

/** Starts the pages. Throws ProcessError, or the signal's reason. */
export async function startPages(options: PagesOptions): Promise<RunningPages> {
  const { directory, registry } = options;
  await makeProfessionalCodes(enrolmentsFile(directory), randomBytes);
  const env = {
    WEB_PORT: String(options.port),
    SERVING_URL: options.apiUrl,
    BANK_URL: options.bankUrl,
    EVALUATOR_URL: registry.evaluatorUrl,
    REGISTRY_URL: registry.registryUrl,
    EVALUATOR_PUBLIC_KEYS: registry.evaluatorKeyFile,
    WEB_ENROLMENTS: enrolmentsFile(directory),
    LEDGER_PROFILE: options.profile,
    LEDGER_MSP: PORTAL,
    CHAINCODE,
    WEB_FEEDS: feedsOf(options.connectors[PORTAL]),
    WEB_WATCH: Object.entries(options.health)
      .map(([name, url]) => `${name}=${url}`)
      .join(),
  };
  const logFile = join(directory, 'logs', 'web.log');
  const service = await startService('web', env, { logFile, signal: options.signal });
  // Browsers count this address as a secure context, which keys need.
  return { ...service, url: `http://127.0.0.1:${String(service.ready['port'])}` };
}

/** A portal shows the feeds of its own member, and of no other. */
function feedsOf(url: string | undefined): string {
  return url === undefined ? '' : `connector=${url}`;
}

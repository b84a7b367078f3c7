import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  hasKafkaTools,
  type LocalKafka,
  type LocalRedis,
  type RedisRole,
  startKafka,
  startRedis,
} from '@passport/local-servers';

import { type Part, Parts } from './parts.ts';
import { type ServiceName, startService } from './service.ts';

/** How a pipeline is started. */
export type PipelineOptions = {
  /** Where its servers keep their data, and their logs. */
  readonly directory: string;
  /** The network's profile, and whose peer delivers the blocks. */
  readonly profile: string;
  readonly mspId: string;
  readonly chaincode: string;
  /** The member that runs the market, and its reader keys: what owners let it read is counted. */
  readonly market?: {
    readonly mspId: string;
    readonly readerKeys: string;
    /** File of the key that it sells with; without it nothing is sold. */
    readonly operatorKey?: string;
  };
  /** Whose peer has to agree on every block. */
  readonly witnessMspId?: string;
  /** Port of the API; 0 for a free one. */
  readonly port: number;
  /** Which log; without it Kafka where its tools are there, else the embedded log. */
  readonly log?: 'kafka' | 'embedded' | { readonly brokers: string };
  readonly partitions?: number;
  readonly epochBlocks?: number;
  /** More variables for all services. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** A process of the pipeline. */
export type PartName = Exclude<ServiceName, 'web'> | `${RedisRole} Redis` | 'Kafka';

/** Variables, and those that are not to be. */
type Variables = Readonly<Record<string, string | undefined>>;

/** A pipeline that runs. */
export type Pipeline = {
  /** Base of the API. */
  readonly url: string;
  /** What keeps the log, for people. */
  readonly log: string;
  /** Base of `/healthz`, `/readyz` and `/metrics` of each service. */
  readonly health: Readonly<Record<string, string>>;
  /** Variables by which a service joins it. */
  readonly env: Readonly<Record<string, string>>;
  /** Settles with the name of the first part that ends by itself. */
  readonly ended: Promise<string>;
  /** Ends a part by SIGKILL, as an accident would. */
  kill(name: PartName): Promise<void>;
  /**
   * Starts a part again, at its address and with its data; a service also with other variables, of
   * which undefined takes one away.
   */
  restart(name: PartName, env?: Variables): Promise<void>;
  stop(): Promise<void>;
};

const STOP_MS = 20_000;
/** What was sold is settled soon: somebody watches. */
const SETTLE_MS = 2_000;

/**
 * Starts all that stands between ledger and answer: a log, two Redis, and the services. Nothing stays
 * behind on failure. Throws ServerMissing and ProcessError.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const parts = new Parts();
  try {
    const { env, log } = await startServers(options, parts);
    const health: Record<string, string> = {};
    const added = new Map<string, Variables>();
    const service = (name: ServiceName): Promise<ServicePart> =>
      parts.start<ServicePart>(name, async () => {
        const running = await startOne(name, options, { ...env, ...added.get(name) });
        health[name] = `http://127.0.0.1:${String(running.ready['health'])}`;
        return running;
      });
    await Promise.all([service('listener'), service('speed'), service('batch')]);
    const serving = await service('serving');
    const port = String(serving.ready['port']);
    // Whoever knows its address finds it there again.
    env['SERVING_PORT'] = port;
    return {
      url: `http://127.0.0.1:${port}`,
      log,
      health,
      env,
      ended: parts.ended,
      kill: (name) => parts.kill(name),
      restart: async (name, more = {}) => {
        added.set(name, more);
        await parts.restart(name);
      },
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

type ServicePart = Part & { readonly ready: Readonly<Record<string, unknown>> };

/** Services that speak as the market. */
const ofMarket: ReadonlySet<ServiceName> = new Set(['serving', 'batch']);

async function startOne(
  name: ServiceName,
  { directory, market, signal }: PipelineOptions,
  env: Variables,
): Promise<ServicePart> {
  const own = Object.entries({
    ...env,
    SCRATCH_DIRECTORY: join(directory, 'scratch', name),
    // The market's operator writes down who reads what, and signs what it destroyed; the listener reads at
    // whatever peer it is told.
    ...(ofMarket.has(name) && market !== undefined ? { LEDGER_MSP: market.mspId } : {}),
  });
  const variables = Object.fromEntries(own.filter(isThere));
  const { ready, exited, ...running } = await startService(name, variables, {
    logFile: join(directory, `${name}.log`),
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    ready,
    exited,
    stop: () => running.stop(STOP_MS),
    kill: () => {
      running.kill('SIGKILL');
      return exited;
    },
  };
}

function isThere(entry: readonly [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}

/** What can be sold is, with the operator's key; the rest stays free. */
function sellingOf({ market, directory }: PipelineOptions): Record<string, string> {
  if (market?.operatorKey === undefined) return {};
  return {
    SERVING_OPERATOR_KEY: market.operatorKey,
    SERVING_DEBITS: join(directory, 'debits'),
    SERVING_SETTLE_MS: String(SETTLE_MS),
  };
}

/** Starts the servers; the variables tell services where everything is. */
async function startServers(
  options: PipelineOptions,
  parts: Parts,
): Promise<{ readonly env: Record<string, string>; readonly log: string }> {
  const { directory, signal } = options;
  await mkdir(directory, { recursive: true });
  const given = signal === undefined ? {} : { signal };
  const redis = (role: RedisRole): Promise<LocalRedis> =>
    parts.start<LocalRedis>(`${role} Redis`, (before) => {
      const at = before === undefined ? {} : { port: before.port };
      return startRedis({ directory: join(directory, role), role, ...at, ...given });
    });
  const views = await redis('views');
  const durable = await redis('durable');
  const kind = options.log ?? ((await hasKafkaTools()) ? 'kafka' : 'embedded');
  const env: Record<string, string> = {
    LEDGER_PROFILE: options.profile,
    LEDGER_MSP: options.mspId,
    CHAINCODE: options.chaincode,
    LISTENER_STATE: join(directory, 'listener'),
    VIEWS_REDIS_URL: views.url,
    JOBS_REDIS_URL: durable.url,
    OBJECT_FOLDER: join(directory, 'objects'),
    SERVING_PORT: String(options.port),
    SERVING_FREE: 'true',
    SERVING_READS: join(directory, 'reads'),
    SERVING_CERTIFICATES: join(directory, 'certificates'),
    ...(options.market === undefined
      ? {}
      : { MARKET_MSP: options.market.mspId, READER_KEYS: options.market.readerKeys }),
    ...sellingOf(options),
    ...(options.partitions === undefined ? {} : { PARTITIONS: String(options.partitions) }),
    ...(options.epochBlocks === undefined ? {} : { EPOCH_BLOCKS: String(options.epochBlocks) }),
    ...(options.witnessMspId === undefined ? {} : { LEDGER_WITNESS_MSP: options.witnessMspId }),
    ...options.env,
  };
  if (kind === 'embedded') {
    env['LOG_REDIS_URL'] = durable.url;
    return { env, log: 'an embedded log on a durable Redis' };
  }
  if (kind === 'kafka') {
    const kafka = await parts.start<LocalKafka>('Kafka', (before) => {
      const at = before === undefined ? {} : { port: before.port };
      return startKafka({ directory: join(directory, 'kafka'), ...at, ...given });
    });
    env['KAFKA_BROKERS'] = kafka.brokers.join();
  } else env['KAFKA_BROKERS'] = kind.brokers;
  return { env, log: `Kafka at ${env['KAFKA_BROKERS']}` };
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { hasKafkaTools, startKafka, startRedis } from '@passport/local-servers';

import { type RunningService, type ServiceName, startService } from './service.ts';

/** How a pipeline is started. */
export type PipelineOptions = {
  /** Where its servers keep their data, and their logs. */
  readonly directory: string;
  /** The network's profile, and whose peer delivers the blocks. */
  readonly profile: string;
  readonly mspId: string;
  readonly chaincode: string;
  /** Whose peer has to agree on every block. */
  readonly witnessMspId?: string;
  /** Port of the API; 0 for a free one. */
  readonly port: number;
  /** Which log; without it Kafka where its tools are there, else the embedded log. */
  readonly log?: 'kafka' | 'embedded' | { readonly brokers: string };
  readonly partitions?: number;
  readonly epochBlocks?: number;
  readonly signal?: AbortSignal;
};

/** A server, or service, of the pipeline. */
type Part = { readonly exited: Promise<unknown>; stop(): Promise<unknown> };

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
  stop(): Promise<void>;
};

const STOP_MS = 20_000;

/**
 * Starts all that stands between ledger and answer: a log, two Redis, and the services. Nothing stays
 * behind on failure. Throws ServerMissing and ProcessError.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const parts: { readonly name: string; readonly part: Part }[] = [];
  const stop = async (): Promise<void> => {
    for (const { part } of parts.toReversed()) await part.stop();
  };
  const add = <P extends Part>(name: string, part: P): P => {
    parts.push({ name, part });
    return part;
  };
  try {
    const { env, log } = await startServers(options, add);
    const health: Record<string, string> = {};
    const service = async (name: ServiceName): Promise<RunningService> => {
      const own = { ...env, SCRATCH_DIRECTORY: join(options.directory, 'scratch', name) };
      const running = await startService(name, own, {
        logFile: join(options.directory, `${name}.log`),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      add(name, { exited: running.exited, stop: () => running.stop(STOP_MS) });
      health[name] = `http://127.0.0.1:${String(running.ready['health'])}`;
      return running;
    };
    await Promise.all([service('listener'), service('speed'), service('batch')]);
    const serving = await service('serving');
    return {
      url: `http://127.0.0.1:${String(serving.ready['port'])}`,
      log,
      health,
      env,
      ended: Promise.race(parts.map(({ name, part }) => part.exited.then(() => name))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Add = <P extends Part>(name: string, part: P) => P;

/** Starts the servers; the variables tell services where everything is. */
async function startServers(
  options: PipelineOptions,
  add: Add,
): Promise<{ readonly env: Record<string, string>; readonly log: string }> {
  const { directory, signal } = options;
  await mkdir(directory, { recursive: true });
  const given = signal === undefined ? {} : { signal };
  const redis = async (role: 'views' | 'durable') =>
    add(`${role} Redis`, await startRedis({ directory: join(directory, role), role, ...given }));
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
    ...(options.partitions === undefined ? {} : { PARTITIONS: String(options.partitions) }),
    ...(options.epochBlocks === undefined ? {} : { EPOCH_BLOCKS: String(options.epochBlocks) }),
    ...(options.witnessMspId === undefined ? {} : { LEDGER_WITNESS_MSP: options.witnessMspId }),
  };
  if (kind === 'embedded') {
    env['LOG_REDIS_URL'] = durable.url;
    return { env, log: 'an embedded log on a durable Redis' };
  }
  if (kind === 'kafka') {
    const kafka = add('Kafka', await startKafka({ directory: join(directory, 'kafka'), ...given }));
    env['KAFKA_BROKERS'] = kafka.brokers.join();
  } else env['KAFKA_BROKERS'] = kind.brokers;
  return { env, log: `Kafka at ${env['KAFKA_BROKERS']}` };
}

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { runTool } from '../install/run-tool.ts';
import { freePort, onPort } from '../process/free-port.ts';
import { type LocalServer, startServer } from '../process/server-process.ts';
import { type KafkaProgram, kafkaProgram } from './kafka-jars.ts';
import { kafkaProperties } from './kafka-properties.ts';

/** Settings of {@link startKafka}. */
export type KafkaOptions = {
  /** Its own folder: its data are found there again. */
  readonly directory: string;
  /** A free one by default. */
  readonly port?: number;
  readonly signal?: AbortSignal;
};

/** A Kafka of this machine. */
export type LocalKafka = LocalServer & {
  /** `host:port`, for clients. */
  readonly brokers: readonly string[];
  readonly port: number;
};

const FORMAT_MS_MAX = 60_000;
const READY_MS_MAX = 90_000;
const STOP_MS_MAX = 20_000;
const HEAP = ['-Xms128m', '-Xmx768m', '-XX:+ExitOnOutOfMemoryError'];

/** Kafka says this when all of it serves requests; the port alone is open earlier. */
const READY = /\bKafka Server started\b/;

/**
 * Starts a Kafka of one node (about 350 MB, 4 s), and fetches its jars when they are not there.
 * After a restart its partitions may be without a leader for a moment longer: clients try again.
 * Throws ServerMissing and ProcessError.
 */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const { signal } = options;
  const directory = resolve(options.directory);
  const program = await kafkaProgram(signal);
  const data = join(directory, 'data');
  const settings = join(directory, 'server.properties');
  await mkdir(directory, { recursive: true });
  return onPort(options.port, async (port) => {
    await writeFile(settings, kafkaProperties(port, await freePort(), data));
    if (!existsSync(join(data, 'meta.properties'))) await format(program, settings, signal);
    let isReady = false;
    const server = await startServer({
      command: program.java,
      args: [...HEAP, ...logging, '-cp', program.classPath, 'kafka.Kafka', settings],
      directory,
      onLine: (line) => {
        isReady ||= READY.test(line);
      },
      answers: async () => isReady,
      readyMsMax: READY_MS_MAX,
      stopMsMax: STOP_MS_MAX,
      signal,
    });
    return { ...server, port, brokers: [`127.0.0.1:${port}`] };
  });
}

async function format(
  { java, classPath }: KafkaProgram,
  settings: string,
  signal?: AbortSignal,
): Promise<void> {
  const cluster = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const tool = ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-c', settings];
  await runTool({
    command: java,
    args: [...logging, ...tool, `--cluster-id=${cluster}`],
    timeoutMs: FORMAT_MS_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
}

const logging = [
  '-Dorg.slf4j.simpleLogger.logFile=System.out',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
];

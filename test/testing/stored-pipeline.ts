import { join } from 'node:path';

import {
  type BatchState,
  DeltaArchive,
  defaultCompactionLimits,
  isObjectStoreUnavailable,
  openStorage,
  runBatchLayer,
} from '@passport/batch-layer';
import type { TestS3Server } from '@passport/batch-layer/testing/s3-server';
import { broadQuestions, verifyAnswer } from '@passport/client';
import { type EventLog, openEventLog } from '@passport/event-log';
import { ledgerNameOf } from '@passport/ledger-client';
import { readBlock } from '@passport/ledger-listener';
import { foldParts } from '@passport/ledger-listener/testing';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import { CellNames, encodeRecord, memoryOfMaps, VIEW_DEFINITIONS } from '@passport/model';
import { GrowingHistory, type LedgerBlock } from '@passport/oracle';
import type { LogFields, Logger } from '@passport/runtime';
import { LiveMirror, NotYet, readVehicle } from '@passport/serving-api';
import { runSpeedLayer, SpeedReader, SpeedStore } from '@passport/speed-layer';
import {
  BlockFactory,
  fleetTransactions,
  fleetVid,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';
import { Redis } from 'ioredis';

const PARTITIONS = 2;
const VEHICLES = 12;
const NAME = 'stored';
const POLL_MS = 20;
/** Epochs that the ledger is ahead of the archive before it slows down, to a block in so many milliseconds. */
const AHEAD_EPOCHS = 4;
const AHEAD_MS = 1_000;
/** So long blocks go on while views are loaded. */
const LOADING_MS = 2_000;
/** Who loads has the oracle in its process, and so may seem to be waiting while it computes. */
const READING_SILENCE_MS = 1_500;
/** How long anything may take on a busy machine. */
const PATIENCE_MS = 120_000;

/** Of each view all of it, and each of its cells. */
const questions = broadQuestions().flatMap((question) =>
  question.of === 'view' && question.query.by.length !== 1 ? [question] : [],
);

/** How a pipeline is made that keeps its archive on S3. */
export type StoredPipelineOptions = {
  readonly objects: TestS3Server;
  readonly epochBlocks: number;
  /** Longest silence of the server towards who archives, milliseconds. */
  readonly silenceMs: number;
  /** Pause between two blocks, milliseconds. */
  readonly blockMs: number;
};

/**
 * Log, speed layer, batch layer and views of one process, over real servers, with blocks of a fleet coming
 * one after the other. What is answered is loaded from the archive each time.
 */
export class StoredPipeline {
  /** What the batch layer said. */
  readonly said: LogFields[] = [];
  state: BatchState | undefined;
  readonly #options: StoredPipelineOptions;
  readonly #folder: TemporaryFolder;
  readonly #servers: readonly LocalRedis[];
  readonly #views: Redis;
  readonly #jobs: Redis;
  readonly #log: EventLog;
  readonly #history = new GrowingHistory('passport');
  readonly #over = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #height = -1;
  #loadingSince = Number.POSITIVE_INFINITY;
  #loads = 0;

  private constructor(
    options: StoredPipelineOptions,
    folder: TemporaryFolder,
    servers: readonly [durable: LocalRedis, views: LocalRedis],
    log: EventLog,
  ) {
    const [durable, views] = servers;
    this.#options = options;
    this.#folder = folder;
    this.#servers = servers;
    this.#log = log;
    this.#views = new Redis(views.url);
    this.#jobs = new Redis(durable.url, { maxRetriesPerRequest: null });
  }

  static async start(options: StoredPipelineOptions): Promise<StoredPipeline> {
    const folder = await temporaryFolder('stored');
    const durable = await startRedis({ directory: join(folder.path, 'durable'), role: 'durable' });
    const views = await startRedis({ directory: join(folder.path, 'views'), role: 'views' });
    const log = await openEventLog({ redisUrl: durable.url, name: NAME, partitions: PARTITIONS });
    const pipeline = new StoredPipeline(options, folder, [durable, views], log);
    pipeline.#run();
    return pipeline;
  }

  /** The newest block in the log. */
  get height(): number {
    return this.#height;
  }

  /** The block that the archive goes up to; -1 before the first. */
  get watermark(): number {
    return this.state?.watermark ?? -1;
  }

  /** How often something was compacted. */
  get compactions(): number {
    return this.said.filter(({ event }) => event === 'batch.compacted').length;
  }

  /** Attempts of jobs that broke off. */
  brokenJobs(queue: 'archive' | 'compact'): number {
    return this.said.filter((line) => line.event === 'batch.job_failed' && line['queue'] === queue)
      .length;
  }

  /** Waits until something is so; throws when a part of the pipeline has failed meanwhile. */
  async until(
    what: string,
    isSo: () => boolean,
    why: () => unknown = () => this.state,
  ): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (!isSo()) {
      this.#over.signal.throwIfAborted();
      if (Date.now() > until) throw new Error(`${what} does not come: ${JSON.stringify(why())}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  /** Loads archive and state anew; what differs from the oracle, over all views and some log books. */
  async differences(): Promise<unknown[]> {
    const opened = await this.#openStorage(`load-${(this.#loads += 1)}`, READING_SILENCE_MS);
    const { storage, cache } = opened;
    const archive = new DeltaArchive(storage, cache);
    const speed = new SpeedReader(this.#views, NAME);
    const options = { archive, speed, partitions: PARTITIONS, logger: silent };
    const mirror = new LiveMirror({ ...options, pollMs: POLL_MS, retryMs: POLL_MS });
    const over = new AbortController();
    const following = mirror.follow(over.signal);
    try {
      this.#loadingSince = Date.now();
      await this.until(
        'a loaded view',
        () => mirror.block !== undefined,
        () => mirror.trouble,
      );
      const found: unknown[] = [];
      for (const question of questions) {
        // The servers' connections are to be heard between two of them.
        await new Promise((done) => setImmediate(done));
        const answer = mirror.current.answer(question.query);
        const { difference } = verifyAnswer(this.#history, { question, ...answer, answer });
        if (difference !== undefined) found.push([question, difference]);
      }
      for (let vehicle = 0; vehicle < VEHICLES; vehicle += 5) {
        const vid = fleetVid(vehicle);
        const at = mirror.current.exactAt();
        const answer = await this.#again(() => readVehicle(vid, at, options));
        const question = { of: 'vehicle', vid } as const;
        const { difference } = verifyAnswer(this.#history, { question, ...at, answer });
        if (difference !== undefined) found.push([question, difference]);
      }
      return found;
    } finally {
      this.#loadingSince = Number.POSITIVE_INFINITY;
      over.abort(new Error('all is answered'));
      await following;
      await opened.close();
    }
  }

  /** What the archive may refuse, as it may a client's request, which comes again then. */
  async #again<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const isPassing = error instanceof NotYet || isObjectStoreUnavailable(error);
        if (!isPassing || this.#over.signal.aborted) throw error;
        await new Promise((done) => setTimeout(done, POLL_MS));
      }
    }
  }

  async stop(): Promise<void> {
    this.#over.abort(new Error('the test is over'));
    await this.#running;
    await this.#log.close();
    this.#views.disconnect();
    this.#jobs.disconnect();
    for (const server of this.#servers) await server.stop();
    await this.#folder.remove();
  }

  #run(): void {
    const { signal } = this.#over;
    const parts = [this.#writeBlocks(signal), this.#sumUp(signal), this.#archive(signal)];
    // Whatever fails ends all, and shows in who waits.
    for (const part of parts) part.catch((error: unknown) => this.#over.abort(error));
    this.#running = Promise.allSettled(parts);
  }

  /** Has the listener's fold write one block after the other. */
  async #writeBlocks(signal: AbortSignal): Promise<void> {
    const factory = await BlockFactory.create();
    const memory = memoryOfMaps();
    const names = new CellNames();
    let ledgerTimeMs = 0;
    let ledger = '';
    const append = async (block: LedgerBlock): Promise<void> => {
      const read = readBlock(block);
      if (ledger === '') ledger = ledgerNameOf(read.hash.toString('hex'));
      const fold = { chaincode: 'passport', partitions: PARTITIONS, memory, names };
      const folded = await foldParts(read, ledgerTimeMs, fold);
      ({ ledgerTimeMs } = folded);
      // The oracle has it before anybody can answer with it.
      this.#history.add(block);
      const { epochBlocks } = this.#options;
      await this.#log.append(
        folded.parts.map((part, partition) => ({
          partition,
          value: encodeRecord({
            ...{ ledger, partition, partitions: PARTITIONS, epochBlocks },
            ...{ definitions: VIEW_DEFINITIONS, blocks: [part] },
          }),
        })),
      );
      this.#height += 1;
    };
    await append(factory.genesis());
    const fleet = { vehicles: VEHICLES, events: 1e9, batchEvents: 4, tripsAtOnce: 1 };
    for (const transaction of fleetTransactions(fleet)) {
      if (signal.aborted) return;
      await append(factory.block([transaction]));
      const { epochBlocks, blockMs } = this.#options;
      // On a busy machine the sources wait for the archive, as an oracle that knows all is slow, and for
      // who loads, which has to begin anew whenever the watermark moves.
      const isAhead = this.#height - this.watermark > AHEAD_EPOCHS * epochBlocks;
      await new Promise((done) => setTimeout(done, isAhead ? AHEAD_MS : blockMs));
      while (Date.now() - this.#loadingSince > LOADING_MS && !signal.aborted) {
        await new Promise((done) => setTimeout(done, POLL_MS));
      }
    }
  }

  #sumUp(signal: AbortSignal): Promise<void> {
    const redis = this.#views;
    const shared = { log: this.#log, redis, name: NAME, instance: NAME, leaseMs: 60_000 };
    return runSpeedLayer({ ...shared, logger: silent }, signal);
  }

  async #archive(signal: AbortSignal): Promise<void> {
    const opened = await this.#openStorage('batch', this.#options.silenceMs);
    const { storage, cache } = opened;
    const note = (fields: LogFields): void => void this.said.push(fields);
    try {
      await runBatchLayer(
        {
          ...{ log: this.#log, storage, cache, jobs: this.#jobs, name: NAME },
          speed: new SpeedStore(this.#views, NAME),
          epochBlocks: this.#options.epochBlocks,
          compaction: { ...defaultCompactionLimits, filesMin: 2 },
          ...{ retentionMs: 86_400_000, readersMs: PATIENCE_MS, pollMs: POLL_MS },
          logger: { debug: note, info: note, warn: note, error: note },
          onState: (state) => {
            this.state = state;
          },
        },
        signal,
      );
    } finally {
      await opened.close();
    }
  }

  #openStorage(name: string, silenceMs: number): ReturnType<typeof openStorage> {
    const { objects } = this.#options;
    return openStorage(
      {
        s3Endpoint: objects.endpoint,
        s3Region: objects.region,
        s3Bucket: objects.bucket,
        s3AccessKey: objects.accessKeyId,
        s3SecretKey: objects.secretAccessKey,
        s3SilenceMs: silenceMs,
        scratchDirectory: join(this.#folder.path, name),
        cacheBytesMax: 1 << 30,
        duckdbMemoryMb: 256,
        duckdbThreads: 1,
      },
      // A later commit tries again.
      (error) => this.said.push({ event: 'checkpoint_failed', error }),
    );
  }
}

const nobody = (): void => {};
const silent: Logger = { debug: nobody, info: nobody, warn: nobody, error: nobody };

import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { logOptions, logSettings } from '@passport/event-log';
import { serviceOptions, serviceSettings, systemNow, systemRandom } from '@passport/runtime';
import { viewsOptions, viewsSettings } from '@passport/speed-layer';
import { z } from 'zod';

import { openEngine } from './duckdb/engine.ts';
import { openFolderStore } from './object-store/folder-object-store.ts';
import { openObjectCache, type ObjectCache } from './object-store/object-cache.ts';
import type { ObjectStore } from './object-store/object-store.ts';
import { defaultS3StoreLimits, openS3Store } from './object-store/s3-object-store.ts';
import type { Storage } from './storage.ts';

/**
 * DuckDB's memory in the batch layer, MB. Two partitions of 630,000 lines, as five million events have, are compacted side by side in
 * 655; with less than that it spills, which takes a quarter more of the CPU.
 */
export const BATCH_MEMORY_MB = 1024;

const duckdbMemoryMb = z.coerce.number().int().min(64);

/** Where objects are: a folder, or S3; the same for all that use them. */
export const objectSettings = {
  objectFolder: z.string().min(1).optional(),
  s3Endpoint: z.url().optional(),
  s3Region: z.string().min(1).default('us-east-1'),
  s3Bucket: z.string().min(1).default('passport'),
  s3AccessKey: z.string().min(1).optional(),
  s3SecretKey: z.string().min(1).optional(),
  s3SilenceMs: z.coerce.number().int().min(100).max(600_000).default(15_000),
  scratchDirectory: z.string('a folder for files on their way is needed').min(1),
  cacheBytesMax: z.coerce
    .number()
    .int()
    .min(1)
    .default(4 * 1024 ** 3),
  duckdbMemoryMb: duckdbMemoryMb.default(512),
  // Threads of one statement wait for each other; what can be done at once is statements of their own.
  duckdbThreads: z.coerce.number().int().min(1).default(1),
};

/** How {@link objectSettings} are written. */
export const objectOptions = {
  objectFolder: {
    flag: 'object-folder',
    env: 'OBJECT_FOLDER',
    help: 'Folder that objects lie in; without it they are on S3',
  },
  s3Endpoint: { flag: 's3-endpoint', env: 'S3_ENDPOINT', help: 'Address of the S3 server' },
  s3Region: { flag: 's3-region', env: 'S3_REGION', help: 'Its region' },
  s3Bucket: { flag: 's3-bucket', env: 'S3_BUCKET', help: 'Bucket, which has to be there' },
  s3AccessKey: { flag: 's3-access-key', env: 'S3_ACCESS_KEY', help: 'Access key id' },
  s3SecretKey: { flag: 's3-secret-key', env: 'S3_SECRET_KEY', help: 'Secret access key' },
  s3SilenceMs: {
    flag: 's3-silence-ms',
    env: 'S3_SILENCE_MS',
    help: 'How long it may be silent amid a request before that is sent again, ms',
  },
  scratchDirectory: {
    flag: 'scratch-directory',
    env: 'SCRATCH_DIRECTORY',
    help: 'Folder of this process alone: copies of objects, files on their way',
  },
  cacheBytesMax: {
    flag: 'cache-bytes-max',
    env: 'CACHE_BYTES_MAX',
    help: 'Bytes of copies of objects',
  },
  duckdbMemoryMb: {
    flag: 'duckdb-memory-mb',
    env: 'DUCKDB_MEMORY_MB',
    help: "DuckDB's memory, MB",
  },
  duckdbThreads: { flag: 'duckdb-threads', env: 'DUCKDB_THREADS', help: "DuckDB's threads" },
};

const objects = z.object(objectSettings);

/** Opens storage and cache as settings say. */
export async function openStorage(
  settings: z.output<typeof objects>,
  onCheckpointFailure: Storage['onCheckpointFailure'],
): Promise<{ readonly storage: Storage; readonly cache: ObjectCache; close(): Promise<void> }> {
  const store = await openStore(settings);
  const { scratchDirectory } = settings;
  const scratchFolder = join(scratchDirectory, 'scratch');
  // What a process that died had on its way is of no use, and may be what was erased since.
  await rm(scratchFolder, { recursive: true, force: true });
  const engine = await openEngine({
    memoryMbMax: settings.duckdbMemoryMb,
    threads: settings.duckdbThreads,
    spillDirectory: join(scratchDirectory, 'spill'),
  });
  const folder = join(scratchDirectory, 'copies');
  const cache = await openObjectCache({ store, folder, bytesMax: settings.cacheBytesMax });
  const storage: Storage = {
    store,
    engine,
    scratchFolder,
    now: systemNow,
    onCheckpointFailure,
  };
  return {
    storage,
    cache,
    close: async () => {
      engine.close();
      await store.close();
    },
  };
}

async function openStore(settings: z.output<typeof objects>): Promise<ObjectStore> {
  const { objectFolder, s3Endpoint, s3AccessKey, s3SecretKey } = settings;
  if (objectFolder !== undefined) {
    return openFolderStore({ folder: objectFolder, now: systemNow });
  }
  if (s3Endpoint === undefined || s3AccessKey === undefined || s3SecretKey === undefined) {
    throw new RangeError('objects need a folder (OBJECT_FOLDER), or S3_ENDPOINT and its two keys');
  }
  return openS3Store({
    endpoint: s3Endpoint,
    region: settings.s3Region,
    bucket: settings.s3Bucket,
    accessKeyId: s3AccessKey,
    secretAccessKey: s3SecretKey,
    limits: { ...defaultS3StoreLimits, silenceMsMax: settings.s3SilenceMs },
    random: systemRandom,
  });
}

/** Settings of the batch layer. */
export const settings = z.strictObject({
  epochBlocks: z.coerce.number().int().min(1).max(100_000).default(64),
  jobsRedisUrl: z.url({ protocol: /^rediss?$/, error: 'is redis://…' }),
  compactFilesMin: z.coerce.number().int().min(2).default(4),
  retentionHours: z.coerce.number().min(0).max(168).default(24),
  pollMs: z.coerce.number().int().min(10).max(600_000).default(1_000),
  readersMs: z.coerce.number().int().min(0).max(3_600_000).default(60_000),
  ledgerProfile: z.string().min(1).optional(),
  mspId: z.string().min(1).optional(),
  user: z.string().min(1).default('User1'),
  readerKeys: z.string().min(1).optional(),
  ...objectSettings,
  duckdbMemoryMb: duckdbMemoryMb.default(BATCH_MEMORY_MB),
  ...viewsSettings,
  ...logSettings,
  ...serviceSettings,
});

/** How they are written. */
export const options = {
  epochBlocks: {
    flag: 'epoch-blocks',
    env: 'EPOCH_BLOCKS',
    help: 'Blocks of an epoch, for ever the same',
  },
  jobsRedisUrl: {
    flag: 'jobs-redis-url',
    env: 'JOBS_REDIS_URL',
    help: 'Durable Redis of the jobs',
  },
  compactFilesMin: {
    flag: 'compact-files-min',
    env: 'COMPACT_FILES_MIN',
    help: 'Small files that are made into one',
  },
  retentionHours: {
    flag: 'retention-hours',
    env: 'RETENTION_HOURS',
    help: 'How long files are kept that no table needs, hours',
  },
  pollMs: { flag: 'poll-ms', env: 'BATCH_POLL_MS', help: 'Pause between looks for epochs, ms' },
  readersMs: {
    flag: 'readers-ms',
    env: 'BATCH_READERS_MS',
    help: 'After so long readers have moved on to a newer watermark, and what was erased is deleted, ms',
  },
  ledgerProfile: {
    flag: 'ledger-profile',
    env: 'LEDGER_PROFILE',
    help: 'Profile of the network, JSON; with it, certificates of erasures are signed',
  },
  mspId: { flag: 'msp', env: 'LEDGER_MSP', help: 'Organisation that signs them: the market' },
  user: { flag: 'user', env: 'LEDGER_USER', help: 'Its user that signs' },
  readerKeys: {
    flag: 'reader-keys',
    env: 'READER_KEYS',
    help: "Folder of the listener's key ring: it is certified what was destroyed there",
  },
  ...objectOptions,
  ...viewsOptions,
  ...logOptions,
  ...serviceOptions,
};

/** What the command says of itself. */
export const usage = `node batch-layer/src/main.ts [options]

Archives closed epochs to Delta tables, builds views, compacts, and moves the watermark.`;

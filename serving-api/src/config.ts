import { objectOptions, objectSettings } from '@passport/batch-layer';
import { serviceOptions, serviceSettings } from '@passport/runtime';
import { viewsOptions, viewsSettings } from '@passport/speed-layer';
import { z } from 'zod';

import { defaultSqlLimits } from './sql/limits.ts';

/** Settings of the serving API. */
export const settings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  logName: z.string().min(1).default('passport'),
  partitions: z.coerce.number().int().min(1).max(256).default(8),
  free: z.boolean().default(false),
  pollMs: z.coerce.number().int().min(5).max(60_000).default(50),
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  ledgerProfile: z.string().min(1).optional(),
  mspId: z.string().min(1).optional(),
  user: z.string().min(1).default('User1'),
  chaincode: z.string().min(1).default('passport'),
  readsFolder: z.string().min(1).optional(),
  readsFlushMs: z.coerce.number().int().min(10).max(600_000).default(1_000),
  readsWaitingMax: z.coerce.number().int().min(1).max(10_000_000).default(200_000),
  certificatesFolder: z.string().min(1).optional(),
  productsFolder: z.string().min(1).optional(),
  sqlWorkers: z.coerce.number().int().min(1).max(64).default(defaultSqlLimits.workers),
  sqlWaitingMax: z.coerce.number().int().min(0).max(10_000).default(defaultSqlLimits.waitingMax),
  sqlRowsMax: z.coerce.number().int().min(1).max(10_000_000).default(defaultSqlLimits.rowsMax),
  sqlBytesMax: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(2 ** 30)
    .default(defaultSqlLimits.bytesMax),
  sqlTimeoutMs: z.coerce.number().int().min(10).max(600_000).default(defaultSqlLimits.timeoutMs),
  sqlMemoryMb: z.coerce.number().int().min(64).max(65_536).default(defaultSqlLimits.memoryMb),
  operatorKey: z.string().min(1).optional(),
  debitsFolder: z.string().min(1).optional(),
  answerHoldMs: z.coerce.number().int().min(0).max(600_000).default(60_000),
  liveStreamsMax: z.coerce.number().int().min(0).max(100_000).default(500),
  marketMspId: z.string().min(1).optional(),
  readerKeys: z.string().min(1).optional(),
  leasesRedisUrl: z.url({ protocol: /^rediss?$/, error: 'is redis://…' }).optional(),
  jobsRedisUrl: z.url({ protocol: /^rediss?$/, error: 'is redis://…' }).optional(),
  settleMs: z.coerce
    .number()
    .int()
    .min(50)
    .max(24 * 60 * 60 * 1000)
    .optional(),
  auditors: z.string().optional(),
  ...objectSettings,
  ...viewsSettings,
  ...serviceSettings,
});

/** {@link settings}, as they are read. */
export type Settings = z.output<typeof settings>;

/** How they are written. */
export const options = {
  host: { flag: 'host', env: 'SERVING_HOST', help: 'Address of the API' },
  port: { flag: 'port', env: 'SERVING_PORT', help: 'Its port; 0 for a free one' },
  logName: { flag: 'log-name', env: 'LOG_NAME', help: "The log's name, as elsewhere" },
  partitions: { flag: 'partitions', env: 'PARTITIONS', help: 'Partitions of the ledger' },
  free: {
    flag: 'free',
    env: 'SERVING_FREE',
    help: "A developer's ledger: answers cost nothing",
    isSwitch: true,
  },
  pollMs: { flag: 'poll-ms', env: 'SERVING_POLL_MS', help: 'Pause between looks for blocks, ms' },
  publicUrl: {
    flag: 'public-url',
    env: 'SERVING_URL',
    help: 'URL under which callers know it, which their proofs are for; else its address and port',
  },
  ledgerProfile: {
    flag: 'ledger-profile',
    env: 'LEDGER_PROFILE',
    help: 'Profile of the network, JSON',
  },
  mspId: { flag: 'msp', env: 'LEDGER_MSP', help: 'Organisation that records reads: an operator' },
  user: { flag: 'user', env: 'LEDGER_USER', help: 'Its user that connects' },
  chaincode: { flag: 'chaincode', env: 'CHAINCODE', help: 'Name of the chaincode' },
  readsFolder: {
    flag: 'reads-folder',
    env: 'SERVING_READS',
    help: 'Folder of the journal of reads, for one process; with it, owners and grantees read',
  },
  readsFlushMs: {
    flag: 'reads-flush-ms',
    env: 'SERVING_READS_FLUSH_MS',
    help: 'Pause between two batches of reads for the ledger, ms',
  },
  readsWaitingMax: {
    flag: 'reads-waiting-max',
    env: 'SERVING_READS_WAITING_MAX',
    help: 'Reads that wait for the ledger at most; with more, nobody reads',
  },
  certificatesFolder: {
    flag: 'certificates-folder',
    env: 'SERVING_CERTIFICATES',
    help: 'Folder of the journal of certificates, for one process; with it, owners have some made',
  },
  productsFolder: {
    flag: 'products-folder',
    env: 'SERVING_PRODUCTS',
    help: 'Folder of the products that are offered; else those of this repository',
  },
  sqlWorkers: {
    flag: 'sql-workers',
    env: 'SERVING_SQL_WORKERS',
    help: 'Processes that answer SQL, each with its own copy of the released tables',
  },
  sqlWaitingMax: {
    flag: 'sql-waiting-max',
    env: 'SERVING_SQL_WAITING_MAX',
    help: 'Statements that wait for one of them at most',
  },
  sqlRowsMax: {
    flag: 'sql-rows-max',
    env: 'SERVING_SQL_ROWS_MAX',
    help: 'Rows of an answer to SQL at most',
  },
  sqlBytesMax: {
    flag: 'sql-bytes-max',
    env: 'SERVING_SQL_BYTES_MAX',
    help: 'Bytes of an answer to SQL at most: eight for a cell, and its text',
  },
  sqlTimeoutMs: {
    flag: 'sql-timeout-ms',
    env: 'SERVING_SQL_TIMEOUT_MS',
    help: 'After so long a statement is interrupted, ms',
  },
  sqlMemoryMb: {
    flag: 'sql-memory-mb',
    env: 'SERVING_SQL_MEMORY_MB',
    help: 'Memory of DuckDB in each process of SQL, tables and statement, MB',
  },
  operatorKey: {
    flag: 'operator-key',
    env: 'SERVING_OPERATOR_KEY',
    help: 'Private key of the operator, a JWK; with it, answers are sold',
  },
  debitsFolder: {
    flag: 'debits-folder',
    env: 'SERVING_DEBITS',
    help: 'Folder of the journal of debits, for one process',
  },
  answerHoldMs: {
    flag: 'answer-hold-ms',
    env: 'SERVING_ANSWER_HOLD_MS',
    help: 'So long an answer that a crash has stopped is held for its buyer; then its price is given back, ms',
  },
  liveStreamsMax: {
    flag: 'live-streams-max',
    env: 'SERVING_LIVE_STREAMS_MAX',
    help: 'Readers of the live stream at once at most',
  },
  marketMspId: {
    flag: 'market-msp',
    env: 'MARKET_MSP',
    help: 'Member that owners grant to for the market, as the listener has it',
  },
  readerKeys: {
    flag: 'reader-keys',
    env: 'READER_KEYS',
    help: "Folder of that member's key ring; with it, driving is sold, and owners get its key for their cars",
  },
  leasesRedisUrl: {
    flag: 'leases-redis-url',
    env: 'SERVING_LEASES_REDIS_URL',
    help: 'Durable Redis that says which server serves a tab; without it there is one server',
  },
  jobsRedisUrl: {
    flag: 'jobs-redis-url',
    env: 'JOBS_REDIS_URL',
    help: 'Durable Redis for jobs; with it, what is sold is settled',
  },
  settleMs: {
    flag: 'settle-ms',
    env: 'SERVING_SETTLE_MS',
    help: "How often what is sold is settled, ms; else as the ledger's rules say",
  },
  auditors: {
    flag: 'auditors',
    env: 'SERVING_AUDITORS',
    help: 'Members, with commas, whose administrators see what settlements rest on',
  },
  ...objectOptions,
  ...viewsOptions,
  ...serviceOptions,
};

/** What the command says of itself. */
export const usage = `node serving-api/src/main.ts [options]

Answers queries over HTTP, each exact at one block.`;

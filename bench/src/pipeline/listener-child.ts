import { KeyRing } from '@passport/ledger-client';
import { Folds, listen, ringKeys } from '@passport/ledger-listener';
import { parseMspId } from '@passport/model';
import { readBlocks } from '@passport/testkit';

import { benchLogger, EPOCH_BLOCKS, openBenchLog } from './bench-log.ts';
import { memoryMb } from './memory.ts';

/** What a listener's run came to. */
export type ListenerRun = {
  readonly events: number;
  readonly lastBlock: number;
  readonly elapsedMs: number;
  /** CPU of all its threads meanwhile. */
  readonly cpuMs: number;
  readonly ownMb: number;
  readonly residentMb: number;
};

const [
  file = '',
  brokers = '',
  name = '',
  directory = '',
  blocks = '0',
  count = '',
  market,
  ring = '',
] = process.argv.slice(2);
// A market by its MSP id and its key ring; without them nothing that is sealed is opened.
const reader =
  market === undefined
    ? {}
    : { market: { mspId: parseMspId(market), keys: ringKeys(await KeyRing.open(ring)) } };
const log = await openBenchLog(brokers, name);
const { partitions } = log;
const made = { chaincode: 'passport', partitions, epochBlocks: EPOCH_BLOCKS, ...reader };
const folds = await Folds.open(directory, { ...made, folds: Number(count) });
const done = new AbortController();
const lastBlock = Number(blocks) - 1;
let events = 0;
let [ownMb, residentMb] = [0, 0];
const startedMs = performance.now();
const cpuBefore = process.cpuUsage();
let [elapsedMs, cpuMs] = [0, 0];
await listen(
  {
    blocks: { read: (from) => readBlocks(file, from) },
    log,
    folds,
    ...reader,
    epochBlocks: EPOCH_BLOCKS,
    logger: { ...benchLogger, warn: () => {} },
    random: Math.random,
    onProgress: (progress) => {
      events += progress.events;
      const memory = memoryMb();
      ownMb = Math.max(ownMb, memory.own);
      residentMb = Math.max(residentMb, memory.resident);
      if (progress.block < lastBlock) return;
      elapsedMs = performance.now() - startedMs;
      const { user, system } = process.cpuUsage(cpuBefore);
      cpuMs = (user + system) / 1000;
      done.abort(new Error('all blocks are in the log'));
    },
  },
  done.signal,
);
await log.close();
await folds.close();
process.send?.({ events, lastBlock, elapsedMs, cpuMs, ownMb, residentMb } satisfies ListenerRun);
process.disconnect();

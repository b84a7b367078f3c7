import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { KeyRing } from '@passport/ledger-client';
import { startKafka } from '@passport/local-servers';
import {
  fleetTransactions,
  sealedTransactions,
  temporaryFolder,
  writeBlocks,
} from '@passport/testkit';

import { type Figure, median } from '../figure.ts';
import { runListener } from '../pipeline/run-listener.ts';

/** A quarter of each vehicle, with one epoch of keys: 250 trips, fewer than three a day. */
const HISTORY = { vehicles: 100, events: 25_000, batchEvents: 500, tripsAtOnce: 5 };
const BLOCK_TRANSACTIONS = 10;
const ROUNDS = 3;
const RATIO_MIN = 0.5;
const MARKET = 'InsurerMSP';

type Rates = { readonly perCpuSecond: number; readonly perSecond: number };

/**
 * The listener from stored blocks to the log: all trips sealed and granted to the market, opened with its key
 * ring, against the same blocks without one. First contact is part of it: the keys of each vehicle's grant, and
 * one decapsulation for each source, vehicle and scope. The target is about CPU time, of all threads.
 */
export async function listenerBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('bench-opening');
  const kafka = await startKafka({ directory: join(folder.path, 'kafka') });
  try {
    const { brokers } = kafka;
    const ring = join(folder.path, 'ring');
    const files = { sealed: join(folder.path, 'sealed'), clear: join(folder.path, 'clear') };
    const keys = await KeyRing.open(ring);
    const blocks = {
      sealed: await writeBlocks(
        files.sealed,
        (ledger) =>
          sealedTransactions(fleetTransactions(HISTORY), {
            ...{ ledger, market: MARKET },
            readerFor: (vid) => keys.make(vid),
          }),
        BLOCK_TRANSACTIONS,
      ),
      clear: await writeBlocks(files.clear, fleetTransactions(HISTORY), BLOCK_TRANSACTIONS),
    };
    say(`opening: ${blocks.sealed} blocks with ${HISTORY.events} sealed trips`);
    let runs = 0;
    const run = async (kind: keyof typeof files, ...market: string[]): Promise<Rates> => {
      const name = `bench-opening-${(runs += 1)}`;
      const fold = join(folder.path, name);
      await mkdir(fold);
      const setting = { file: files[kind], blocks: blocks[kind], brokers, log: name, state: fold };
      const made = await runListener({ ...setting, folds: 1 }, market);
      const perSecond = (made.events * 1000) / made.elapsedMs;
      return { perCpuSecond: (made.events * 1000) / made.cpuMs, perSecond };
    };
    const on: Rates[] = [];
    const off: Rates[] = [];
    const clear: Rates[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      off.push(await run('sealed'));
      on.push(await run('sealed', MARKET, ring));
      clear.push(await run('clear'));
    }
    const figures = figuresOf({ on, off, clear });
    for (const { figure, value } of figures) say(`${figure}: ${value.toFixed(2)}`);
    return figures;
  } finally {
    await kafka.stop();
    await folder.remove();
  }
}

function figuresOf({ on, off, clear }: Readonly<Record<'on' | 'off' | 'clear', Rates[]>>) {
  const ratioTo = (those: readonly Rates[], what: keyof Rates): number =>
    median(on.map((rates, round) => rates[what] / (those[round]?.[what] ?? Number.NaN)));
  const middle = (rates: readonly Rates[]): number =>
    median(rates.map(({ perCpuSecond }) => perCpuSecond));
  const unit = 'events/s of CPU';
  const figures: Figure[] = [
    {
      figure: 'listener, opening on / off, by CPU',
      value: ratioTo(off, 'perCpuSecond'),
      unit: 'x',
      target: { atLeast: RATIO_MIN },
    },
    {
      figure: 'listener, opening on / off, by the clock',
      value: ratioTo(off, 'perSecond'),
      unit: 'x',
    },
    {
      figure: 'listener, opening on / trips in clear, by CPU',
      value: ratioTo(clear, 'perCpuSecond'),
      unit: 'x',
    },
    { figure: 'listener, sealed trips, opening on', value: middle(on), unit },
    { figure: 'listener, sealed trips, opening off', value: middle(off), unit },
    { figure: 'listener, trips in clear', value: middle(clear), unit },
  ];
  return figures;
}

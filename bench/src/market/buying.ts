import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { temporaryFolder } from '@passport/testkit';

import type { Figure } from '../figure.ts';
import { type Load, loadServer } from '../http/load.ts';
import type { BuyingReady, Seller } from './buying-child.ts';

const CLIENTS = 8;
const SECONDS = 5;
/** Requests of a client that has a voucher for each: they are signed before. */
const EACH = 2_000;
const WARMING = 200;
/** Each is measured so often, in turns: the machine is not equally fast all the time. */
const ROUNDS = 3;
const PATH = '/v1/released/usage';

/**
 * The same questions to the same route of the same server: for nothing, in a session, with a signed voucher
 * in each request, and through the middleware of x402 with a facilitator in the process that checks and
 * writes down the same; it signs no receipts, and does not look for the quality of an answer. Of each the middle
 * of its rounds.
 */
export async function buyingBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('buying');
  const ways = {
    free: { seller: 'nobody', isWrittenDown: 'yes', load: ({ port }: BuyingReady) => timed(port) },
    session: { seller: 'ours', isWrittenDown: 'yes', load: paidBySession },
    unwritten: { seller: 'ours', isWrittenDown: 'no', load: paidBySession },
    voucher: { seller: 'ours', isWrittenDown: 'yes', load: counted },
    usual: { seller: 'usual', isWrittenDown: 'yes', load: counted },
    usualUnwritten: { seller: 'usual', isWrittenDown: 'no', load: counted },
  } as const;
  try {
    const rounds: Record<keyof typeof ways, Load>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const loads: Partial<Record<keyof typeof ways, Load>> = {};
      for (const [name, { load, ...how }] of Object.entries(ways)) {
        const path = `${folder.path}/${round}-${name}`;
        loads[name as keyof typeof ways] = await inServer(path, how, load);
      }
      const all = loads as Record<keyof typeof ways, Load>;
      say(`unpaid ${all.free.perSecond.toFixed(0)}/s, paid ${all.session.perSecond.toFixed(0)}/s`);
      rounds.push(all);
    }
    return figuresOf((name) => middle(rounds.map((all) => all[name])));
  } finally {
    await folder.remove();
  }
}

function figuresOf(
  of: (name: 'free' | 'session' | 'unwritten' | 'voucher' | 'usual' | 'usualUnwritten') => Load,
): Figure[] {
  const [free, session, voucher, usual] = [of('free'), of('session'), of('voucher'), of('usual')];
  const ratio = (one: Load, other: Load): number => one.perSecond / other.perSecond;
  const perSecond = (figure: string, load: Load): Figure => ({
    ...{ figure, value: load.perSecond, unit: 'requests/s', baseline: free.perSecond },
    ratio: ratio(load, free),
  });
  const x = (figure: string, value: number, atLeast: number): Figure => ({
    ...{ figure, value, unit: 'x', target: { atLeast } },
  });
  return [
    perSecond(`${CLIENTS} clients: paid in a session, debit on the disk`, session),
    perSecond('debit switched off', of('unwritten')),
    perSecond('a voucher in each request', voucher),
    perSecond('the middleware of x402, facilitator in the process', usual),
    perSecond('the middleware of x402, debit switched off', of('usualUnwritten')),
    x('session / unpaid', ratio(session, free), 0.35),
    x('voucher in each request / unpaid', ratio(voucher, free), 0.12),
    x('session / middleware of x402', ratio(session, usual), 2),
    {
      ...{ figure: 'voucher in each request / middleware of x402', unit: 'x' },
      value: ratio(voucher, usual),
    },
    { figure: 'unpaid, p99', value: free.p99Ms, unit: 'ms' },
    {
      ...{ figure: 'paid in a session, p99', value: session.p99Ms, unit: 'ms' },
      target: { atMost: 10 },
    },
  ];
}

function middle(loads: readonly Load[]): Load {
  const sorted = [...loads].sort((a, b) => a.perSecond - b.perSecond);
  const found = sorted[Math.floor(sorted.length / 2)];
  if (found === undefined) throw new Error('nothing was measured');
  return found;
}

function paidBySession({ port, session }: BuyingReady): Promise<Load> {
  return timed(port, { Authorization: session });
}

/** Starts a server of its own for one measurement: none has the other's journal or memory. */
async function inServer<Result>(
  folder: string,
  { seller, isWrittenDown }: { readonly seller: Seller; readonly isWrittenDown: 'yes' | 'no' },
  work: (ready: BuyingReady) => Promise<Result>,
): Promise<Result> {
  const path = join(import.meta.dirname, 'buying-child.ts');
  const vouchers = work === counted ? [String(CLIENTS), String(EACH)] : [];
  const child = fork(path, [folder, seller, isWrittenDown, ...vouchers]);
  try {
    return await work(await readyOf(child));
  } finally {
    if (child.connected) child.send('stop');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

function readyOf(child: ChildProcess): Promise<BuyingReady> {
  return new Promise((done, fail) => {
    child.once('message', (message) => done(message as BuyingReady));
    child.once('exit', (code) => fail(new Error(`the server has ended with code ${code}`)));
  });
}

/** Different questions, one after the other: 15 days of a brand and a region, by day. */
function pathOf(index: number): string {
  const day = (offset: number): string =>
    new Date(Date.UTC(2016, 0, 1 + ((index * 7) % 340) + offset)).toISOString().slice(0, 10);
  const query = new URLSearchParams({
    ...{ metrics: 'trips,distanceM,harshBrakes', by: 'day', from: day(0), to: day(14) },
    ...{ brand: `brand ${(index * 3) % 23}`, region: `DE-${(index * 11) % 16}` },
  });
  return `${PATH}?${query.toString()}`;
}

async function timed(port: number, headers: Readonly<Record<string, string>> = {}): Promise<Load> {
  const paths = Array.from({ length: EACH }, (_, index) => pathOf(index));
  const run = (seconds: number): Promise<Load> =>
    loadServer({
      ...{ port, clients: CLIENTS, seconds },
      requestOf: (client, place) => ({
        ...{ path: paths[(place * CLIENTS + client) % EACH] ?? '', headers },
      }),
    });
  await run(1);
  return run(SECONDS);
}

/** Each client sends each of its vouchers once; the first ones are not counted. */
async function counted({ port, payments }: BuyingReady): Promise<Load> {
  const run = (from: number, to: number): Promise<Load> =>
    loadServer({
      ...{ port, clients: CLIENTS },
      requestOf: (client, place) => {
        const [index, payment] = [from + place, payments[client]?.[from + place]];
        if (index >= to || payment === undefined) return undefined;
        return {
          path: pathOf(index * CLIENTS + client),
          headers: { 'PAYMENT-SIGNATURE': payment },
        };
      },
    });
  await run(0, WARMING);
  return run(WARMING, EACH);
}

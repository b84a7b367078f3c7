import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { temporaryFolder } from '@passport/testkit';
import autocannon from 'autocannon';

import type { Figure } from '../figure.ts';
import type { BuyingReady } from './buying-child.ts';

const CLIENTS = 8;
const SECONDS = 5;
/** Requests of a client that has a voucher for each: they are signed before. */
const EACH = 2_000;

type Load = { readonly perSecond: number; readonly p99Ms: number };

/**
 * The same answer on the same server: for nothing, in a session, with a signed voucher in each request, and
 * through the middleware of x402 with a facilitator in the process that checks and writes down the same.
 */
export async function buyingBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('buying');
  try {
    const free = await inServer(`${folder.path}/free`, 'yes', ({ port }) => timed(port, '/free'));
    const session = await inServer(`${folder.path}/session`, 'yes', paidBySession);
    const unwritten = await inServer(`${folder.path}/unwritten`, 'no', paidBySession);
    const voucher = await inServer(`${folder.path}/voucher`, 'yes', (ready) =>
      counted(ready, '/paid'),
    );
    const usual = await inServer(`${folder.path}/usual`, 'yes', (ready) => counted(ready, '/x402'));
    say(`unpaid ${free.perSecond.toFixed(0)}/s, paid ${session.perSecond.toFixed(0)}/s`);
    const ratio = (one: Load, other: Load): number => one.perSecond / other.perSecond;
    const perSecond = (figure: string, { perSecond: value }: Load): Figure => ({
      ...{ figure, value, unit: 'requests/s', baseline: free.perSecond },
      ratio: value / free.perSecond,
    });
    return [
      perSecond(`${CLIENTS} clients: paid in a session, debit on the disk`, session),
      perSecond('debit switched off', unwritten),
      perSecond('a voucher in each request', voucher),
      perSecond('the middleware of x402, facilitator in the process', usual),
      {
        ...{ figure: 'session / unpaid', value: ratio(session, free), unit: 'x' },
        target: { atLeast: 0.35 },
      },
      {
        ...{ figure: 'voucher in each request / unpaid', value: ratio(voucher, free), unit: 'x' },
        target: { atLeast: 0.12 },
      },
      {
        ...{ figure: 'session / middleware of x402', value: ratio(session, usual), unit: 'x' },
        target: { atLeast: 2 },
      },
      {
        ...{ figure: 'voucher in each request / middleware of x402', unit: 'x' },
        value: ratio(voucher, usual),
      },
      {
        ...{ figure: 'paid in a session, p99', value: session.p99Ms, unit: 'ms' },
        target: { atMost: 10 },
      },
    ];
  } finally {
    await folder.remove();
  }
}

function paidBySession({ port, session }: BuyingReady): Promise<Load> {
  return timed(port, '/paid', { Authorization: session });
}

/** Starts a server of its own for one measurement: none has the other's journal or memory. */
async function inServer<Result>(
  folder: string,
  isWrittenDown: 'yes' | 'no',
  work: (ready: BuyingReady) => Promise<Result>,
): Promise<Result> {
  const path = join(import.meta.dirname, 'buying-child.ts');
  const child = fork(path, [folder, String(CLIENTS), String(EACH), isWrittenDown]);
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

async function timed(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Load> {
  const run = (duration: number) =>
    autocannon({
      url: `http://127.0.0.1:${port}${path}`,
      ...{ connections: CLIENTS, duration, headers: { ...headers } },
    });
  await run(1);
  return loadOf(await run(SECONDS));
}

/** Each client sends each of its vouchers once. */
async function counted({ port, vouchers }: BuyingReady, path: string): Promise<Load> {
  let next = 0;
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${path}`,
    connections: CLIENTS,
    amount: CLIENTS * EACH,
    setupClient: (client) => {
      const own = vouchers[next] ?? [];
      next += 1;
      client.setRequests(
        own.map((voucher) => ({ method: 'GET', path, headers: { 'PAYMENT-SIGNATURE': voucher } })),
      );
    },
  });
  const seconds = (result.finish.getTime() - result.start.getTime()) / 1000;
  return { ...loadOf(result), perSecond: result.requests.total / seconds };
}

function loadOf({ requests, latency, non2xx, errors }: autocannon.Result): Load {
  if (non2xx + errors > 0) throw new Error(`${non2xx} requests were refused, ${errors} failed`);
  return { perSecond: requests.average, p99Ms: latency.p99 };
}

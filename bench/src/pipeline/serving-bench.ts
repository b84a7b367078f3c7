import type { ChildProcess } from 'node:child_process';

import { fleetVid } from '@passport/testkit';

import type { Figure } from '../figure.ts';
import { type LoadFor, loadInTurns, type Turns } from '../http/load-in-turns.ts';
import { type Load, loadServer } from '../http/load.ts';
import { endOf, messageOf, startPart } from './child.ts';
import type { ServingReady } from './serving-child.ts';

/** What is served. */
type Served = {
  readonly redisUrl: string;
  readonly name: string;
  readonly directory: string;
  readonly vehicles: number;
};

const CLIENTS = 8;
/** V8 has compiled what answers a view after some 30,000 requests. */
const TURNS: Turns = { warmSeconds: 5, turns: 5, turnSeconds: 1 };
const FILTERS = 5_000;
const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 0, 1);

/** Views and log books over HTTP, and the same view out of DuckDB behind a route of the same server. */
export async function servingBench(
  label: string,
  served: Served,
  say: (line: string) => void,
): Promise<Figure[]> {
  const books = await withServing(served, [], async (child, { port, block, loadMs }) => {
    say(`${label}: serving ready at block ${block} in ${loadMs.toFixed(0)} ms`);
    return bookFigures(
      label,
      await loadBooks(port, served.vehicles),
      await memoryOf(child),
      loadMs,
    );
  });
  const views = await withServing(served, ['duckdb'], (_, { port }) => viewFigures(label, port));
  return [...books, ...views];
}

/** Starts a serving API of its own, and stops it when it is measured. */
async function withServing(
  { redisUrl, name, directory }: Served,
  more: readonly string[],
  measure: (child: ChildProcess, ready: ServingReady) => Promise<Figure[]>,
): Promise<Figure[]> {
  const child = startPart('serving', redisUrl, name, directory, ...more);
  try {
    return await measure(child, await messageOf<ServingReady>(child, 'serving'));
  } finally {
    await stop(child);
  }
}

async function loadBooks(port: number, vehicles: number): Promise<Load> {
  const [books] = await loadInTurns([loadOf(port, bookPaths(vehicles), 1)], TURNS);
  if (books === undefined) throw new Error('log books were not measured');
  return books;
}

function bookFigures(label: string, books: Load, memoryMb: number, loadMs: number): Figure[] {
  return [
    {
      figure: `${label}: log book of a car, p50`,
      value: books.p50Ms,
      unit: 'ms',
      target: { atMost: 10 },
    },
    {
      figure: `${label}: serving, memory of its own`,
      value: memoryMb,
      unit: 'MB',
      target: { atMost: 400 },
    },
    { figure: `${label}: serving, loading`, value: loadMs, unit: 'ms' },
  ];
}

async function viewFigures(label: string, port: number): Promise<Figure[]> {
  const bases = ['/v1/views/usage', '/duckdb', '/nothing'];
  const loads = bases.map((base) => loadOf(port, viewPaths(base), CLIENTS));
  const [views, duckDb, nothing] = await loadInTurns(loads, TURNS);
  if (views === undefined || duckDb === undefined || nothing === undefined) {
    throw new Error('views were not measured');
  }
  const ratio = views.perSecond / duckDb.perSecond;
  return [
    {
      figure: `${label}: view queries, ${CLIENTS} clients`,
      value: views.perSecond,
      unit: 'requests/s',
      baseline: duckDb.perSecond,
      ratio,
    },
    { figure: `${label}: view queries / DuckDB`, value: ratio, unit: 'x', target: { atLeast: 20 } },
    {
      figure: `${label}: a route that has nothing to do / DuckDB`,
      value: nothing.perSecond / duckDb.perSecond,
      unit: 'x',
    },
    {
      figure: `${label}: view query, p99`,
      value: views.p99Ms,
      unit: 'ms',
      target: { atMost: 5 },
    },
  ];
}

function loadOf(port: number, paths: readonly string[], clients: number): LoadFor {
  return (seconds) =>
    loadServer({
      ...{ port, clients, seconds },
      // No two clients ask for the same at the same time.
      requestOf: (client, place) => ({
        path: paths[(place * clients + client) % paths.length] ?? '',
      }),
    });
}

/** Different filters, one after the other: no answer is asked for twice in a row. */
function viewPaths(base: string): string[] {
  return Array.from({ length: FILTERS }, (_, index) => {
    const start = FIRST_MS + ((index * 7) % 340) * DAY_MS;
    const query = new URLSearchParams({
      brand: `Brand ${(index * 3) % 10}`,
      region: `R-${(index * 11) % 10}`,
      from: dayOf(start),
      to: dayOf(start + 14 * DAY_MS),
    });
    return `${base}?${query.toString()}&metrics=trips,distanceM,harshBrakes&by=day`;
  });
}

function bookPaths(vehicles: number): string[] {
  return Array.from({ length: 1_000 }, (_, index) => {
    return `/v1/vehicles/${fleetVid((index * 7919) % vehicles)}`;
  });
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

async function memoryOf(child: ChildProcess): Promise<number> {
  child.send('memory');
  return (await messageOf<{ readonly own: number }>(child, 'serving')).own;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.connected) child.send('stop');
  await endOf(child);
}

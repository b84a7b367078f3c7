import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { temporaryFolder } from '@passport/testkit';

import type { Figure } from '../figure.ts';
import type { FeedRun } from './feed-run.ts';
import { writePositions } from './positions-file.ts';

const ROWS = [500_000, 5_000_000] as const;
const RATE_MIN = 100_000;

/** Ten times the rows may cost this much more memory: what DuckDB's limit has room for. */
const MEMORY_RATIO_MAX = 1.5;

/**
 * Positions cleaned into trips, and the memory of the process that does it, at 0.5 and 5 million rows.
 * Rows are copies of the real ones of PASSPORT_DATA or ../shared/data, else made up.
 */
export async function feedsBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('bench-feeds');
  try {
    const real = realPositions();
    say(`positions: ${real === undefined ? 'made up' : `copies of ${real}`}`);
    const runs: FeedRun[] = [];
    for (const rows of ROWS) {
      const path = join(folder.path, `positions-${rows}.parquet`);
      await writePositions({ path, rows, real, directory: folder.path });
      const run = await runInChild(path, folder.path);
      say(
        `${run.rows} rows: ${(run.elapsedMs / 1000).toFixed(1)} s, ${run.events} events, ` +
          `${run.refusedRows} rows refused, ${run.peakMb.toFixed(0)} MB`,
      );
      runs.push(run);
    }
    return figures(runs);
  } finally {
    await folder.remove();
  }
}

function figures(runs: readonly FeedRun[]): Figure[] {
  const [small] = runs;
  return runs.flatMap((run): Figure[] => {
    const name = `${run.rows / 1_000_000} million positions`;
    const memory = { figure: `${name}, peak memory`, value: run.peakMb, unit: 'MB' };
    return [
      {
        figure: `${name} cleaned into trips`,
        value: (run.rows * 1000) / run.elapsedMs,
        unit: 'rows/s',
        target: { atLeast: RATE_MIN },
      },
      run === small || small === undefined
        ? memory
        : {
            ...memory,
            baseline: small.peakMb,
            ratio: run.peakMb / small.peakMb,
            target: { atMost: Math.round(small.peakMb * MEMORY_RATIO_MAX) },
          },
    ];
  });
}

/** A process of its own, so that the memory is its own. */
async function runInChild(path: string, directory: string): Promise<FeedRun> {
  const child = fork(join(import.meta.dirname, 'feed-child.ts'), [path, join(directory, 'spill')]);
  const answer = new Promise<FeedRun>((done, fail) => {
    // Typed by the child, which sends nothing else.
    child.once('message', (message) => done(message as FeedRun));
    child.once('error', fail);
    child.once('exit', (code) => {
      fail(new Error(`the feed ended with ${code} and said nothing`));
    });
  });
  const ended = once(child, 'exit');
  const run = await answer;
  await ended;
  return run;
}

function realPositions(): string | undefined {
  const data = resolve(process.env['PASSPORT_DATA'] ?? '../shared/data');
  const path = join(data, 'capmetro_fleet', 'positions.parquet');
  return existsSync(path) ? path : undefined;
}

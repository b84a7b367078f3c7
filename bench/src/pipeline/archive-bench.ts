import { join } from 'node:path';

import { startKafka } from '@passport/local-servers';
import { temporaryFolder } from '@passport/testkit';

import { type Figure, median } from '../figure.ts';
import type { ArchiveRun } from './archive-child.ts';
import { runPart } from './child.ts';
import { MILLION, writeFleet } from './fleet.ts';
import { runListener } from './run-listener.ts';

const EVENTS = 2 * MILLION;

/** The machine may be slow for as long as one of them takes. */
const TURNS = 3;

/** The archive alone, from a log on Kafka: three minutes, where the whole pipeline takes twenty. */
export async function archiveBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('bench-archive');
  const kafka = await startKafka({ directory: join(folder.path, 'kafka') });
  try {
    const { file, blocks } = await writeFleet(folder.path, EVENTS);
    const { brokers } = kafka;
    const log = 'bench-archive';
    await runListener({ file, blocks, brokers, log, state: join(folder.path, 'fold'), folds: 2 });
    const rates: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const directory = join(folder.path, `turn-${turn}`);
      const run = await runPart<ArchiveRun>(
        ...(['archive', brokers.join(), log, directory, String(blocks), '0'] as const),
      );
      const rate = (run.rows * 1000) / run.elapsedMs;
      say(`archived up to block ${run.watermark} of ${blocks}: ${rate.toFixed(0)} rows/s`);
      rates.push(rate);
    }
    const figure = `archive, median of ${TURNS}`;
    return [{ figure, value: median(rates), unit: 'rows/s', target: { atLeast: 300_000 } }];
  } finally {
    await kafka.stop();
    await folder.remove();
  }
}

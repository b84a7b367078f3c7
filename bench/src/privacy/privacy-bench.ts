import type { Figure } from '../figure.ts';
import { listenerBench } from './listener.ts';
import { oprfBench } from './oprf.ts';
import { resaleBench } from './resale.ts';
import { sealingBench } from './sealing.ts';
import { visibleBench } from './visible.ts';

/** What privacy costs. */
export async function privacyBench(say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const bench of [sealingBench, listenerBench, visibleBench, resaleBench, oprfBench]) {
    figures.push(...(await bench(say)));
  }
  return figures;
}

import type { Figure } from '../figure.ts';
import { oprfBench } from './oprf.ts';
import { sealingBench } from './sealing.ts';

/** What privacy costs. */
export async function privacyBench(say: (line: string) => void): Promise<Figure[]> {
  return [...(await sealingBench(say)), ...(await oprfBench(say))];
}

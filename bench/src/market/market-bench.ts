import type { Figure } from '../figure.ts';
import { sqlBench } from './sql.ts';

/** What selling costs. */
export async function marketBench(say: (line: string) => void): Promise<Figure[]> {
  return sqlBench(say);
}

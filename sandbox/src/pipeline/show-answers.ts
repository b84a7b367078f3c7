import type { ViewAnswer } from '@passport/model';
import { sleep } from '@passport/runtime';

import type { DemoContext } from '../demo/demo-context.ts';
import { readHeight } from '../devnet-controls.ts';
import type { Pipeline } from './pipeline.ts';

const POLL_MS = 50;
const CATCH_UP_MS = 60_000;
const ROWS = 8;

/** Queries that are worth showing, for whatever data. */
const queries = [
  'usage?metrics=trips,distanceM,vehicles&by=brand,model,region',
  'mileage?metrics=readings,kmDriven,rollbacks,kmRolledBack&by=sourceKind',
  'incidents?metrics=incidents,vehicles&by=severity',
  'activity?window=1h&metrics=events,distanceM&by=kind',
] as const;

/**
 * Asks the API, once it has all that was written, and shows what it answers. Throws when it does not
 * get there in a minute.
 */
export async function showAnswers(
  { url }: Pipeline,
  context: Pick<DemoContext, 'terminal' | 'control' | 'now'> & { readonly signal: AbortSignal },
): Promise<void> {
  const { terminal, signal, control } = context;
  const height = Number(await readHeight(control)) - 1;
  const startedMs = context.now().getTime();
  for (;;) {
    const { block } = (await ask(`${url}/v1/status`, signal)) as { block: number | null };
    if (block !== null && block >= height) break;
    if (context.now().getTime() - startedMs > CATCH_UP_MS) {
      throw new Error(`answers are at block ${block}, and the ledger at ${height}`);
    }
    await sleep(POLL_MS, signal);
  }
  const waitedMs = context.now().getTime() - startedMs;
  terminal.headline(`Answers, exact at block ${height} (${waitedMs} ms after the last one)`);
  for (const query of queries) {
    const address = `${url}/v1/views/${query}`;
    terminal.line(`  curl '${address}'`);
    const answer = (await ask(address, signal)) as ViewAnswer;
    for (const line of tableLines(answer)) terminal.line(terminal.style.faint(line));
  }
}

async function ask(address: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

function tableLines({ by, metrics, rows }: ViewAnswer): string[] {
  const units = metrics.map(({ name, unit }) => (name === unit ? name : `${name} (${unit})`));
  const cells = [[...by, ...units], ...rows.slice(0, ROWS).map((row) => row.map(String))];
  const widths = cells[0]?.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row.map((text, column) => text.padEnd(widths?.[column] ?? 0)).join('  '),
  );
  const more = rows.length - ROWS;
  return [...lines, ...(more > 0 ? [`… ${more} more rows`] : [])].map((line) => `    ${line}`);
}

import type { ViewAnswer } from '@passport/model';
import { sleep } from '@passport/runtime';

import type { DemoContext } from '../demo/demo-context.ts';
import { readHeight } from '../devnet-controls.ts';
import type { Pipeline } from './pipeline.ts';

const POLL_MS = 50;
const CATCH_UP_MS = 60_000;
const ROWS = 8;

/** Exact ones, which a developer's ledger alone gives away: cells can be as small as one car. */
const queries = [
  'views/usage?metrics=trips,distanceM,vehicles&by=brand,model,region',
  'views/mileage?metrics=readings,kmDriven,rollbacks,kmRolledBack&by=sourceKind',
  'views/incidents?metrics=incidents,vehicles&by=severity',
  'views/activity?window=1h&metrics=events,distanceM&by=kind',
] as const;

/**
 * Asks the API, once it has all that was written, and shows what it answers. Throws when it does not
 * get there in a minute.
 */
export async function showAnswers(
  pipeline: Pipeline,
  context: Pick<DemoContext, 'terminal' | 'control' | 'now'> & { readonly signal: AbortSignal },
): Promise<void> {
  const { url } = pipeline;
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
  for (const line of await stateLines(pipeline, height, signal)) terminal.line(line);
  terminal.headline(`Answers, exact at block ${height} (${waitedMs} ms after the last one)`);
  for (const query of queries) await showAnswer(`${url}/v1/${query}`, terminal, signal);
  await archived(url, height, signal);
}

/** Waits until all epochs that are over are archived, for it is then that they are released. */
async function archived(url: string, height: number, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < CATCH_UP_MS; waitedMs += POLL_MS) {
    const { watermark, epochBlocks } = (await ask(`${url}/v1/status`, signal)) as Status;
    const blocks = epochBlocks ?? 1;
    const lastEnd = Math.floor((height + 1) / blocks) * blocks - 1;
    if ((watermark ?? -1) >= lastEnd) return;
    await sleep(POLL_MS, signal);
  }
}

async function showAnswer(
  address: string,
  terminal: DemoContext['terminal'],
  signal: AbortSignal,
): Promise<ViewAnswer> {
  terminal.line(`  curl '${address}'`);
  const answer = (await ask(address, signal)) as ViewAnswer;
  for (const line of tableLines(answer)) terminal.line(terminal.style.faint(line));
  return answer;
}

/** Where everything is, in lines. */
async function stateLines(
  { url, health, log }: Pipeline,
  height: number,
  signal: AbortSignal,
): Promise<string[]> {
  const status = (await ask(`${url}/v1/status`, signal)) as Status;
  const lags = status.partitions.map(({ lagBlocks }) => lagBlocks ?? height);
  const total = async (service: string, metric: string): Promise<string> => {
    const text = await (await fetch(`${health[service]}/metrics`, { signal })).text();
    const value = new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1];
    return Number(value ?? 0).toLocaleString('en-GB');
  };
  const facts = await total('speed', 'speed_facts_total');
  const lines = await total('listener', 'listener_events_total');
  return [
    '',
    `  ledger     block ${height}, ${status.ledger}`,
    `  listener   ${lines} lines of log books written to ${log}`,
    `  speed      ${facts} facts, ${lags.length} partitions, ${Math.max(...lags)} blocks behind`,
    `  archive    up to block ${status.watermark ?? 'none yet'}, epochs of ${status.epochBlocks} blocks`,
    `  answers    exact at block ${status.block}, older ones from ${status.oldestBlock} on`,
  ];
}

type Status = {
  readonly block: number | null;
  readonly oldestBlock: number | null;
  readonly ledger: string | null;
  readonly watermark: number | null;
  readonly epochBlocks: number | null;
  readonly partitions: readonly { readonly lagBlocks: number | null }[];
};

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

import { parseArgs } from 'node:util';

import { devnetBench } from './devnet/devnet-bench.ts';
import { type Figure, meetsTarget } from './figure.ts';
import { ledgerBench } from './ledger/ledger-bench.ts';
import { settlementBench } from './ledger/settlement-bench.ts';
import { buyingBench } from './market/buying.ts';
import { marketBench } from './market/market-bench.ts';
import { pagesBench } from './pages/pages-bench.ts';
import { archiveBench } from './pipeline/archive-bench.ts';
import { pipelineBench } from './pipeline/pipeline-bench.ts';
import { privacyBench } from './privacy/privacy-bench.ts';
import { machine, table, writeLines } from './report.ts';

/** A benchmark measures and returns figures; it says what it does while it runs. */
type Bench = (say: (line: string) => void) => Promise<Figure[]>;

const BENCHES: Readonly<Record<string, Bench>> = {
  archive: archiveBench,
  devnet: devnetBench,
  ledger: ledgerBench,
  market: async (say) => [
    ...(await buyingBench(say)),
    ...(await marketBench(say)),
    ...(await settlementBench(say)),
  ],
  pages: pagesBench,
  pipeline: pipelineBench,
  privacy: privacyBench,
  settlement: settlementBench,
};

const USAGE = `usage: npm run bench -- NAME [--json FILE]
names: ${Object.keys(BENCHES).join(', ')}`;

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const [name = ''] = positionals;
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (values.help === true || bench === undefined || positionals.length !== 1) {
    process.stderr.write(`${USAGE}\n`);
    return values.help === true ? 0 : 2;
  }
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const figures = await bench(say);
  process.stdout.write(`\n${machine()}\n\n${table(figures)}\n`);
  if (values.json !== undefined) await writeLines(values.json, figures);
  return figures.every(meetsTarget) ? 0 : 1;
}

process.exitCode = await main();

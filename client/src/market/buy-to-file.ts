import { writeFile } from 'node:fs/promises';

import { type Ask, type Bought, BuyerError } from '../buyer/index.ts';
import { exists } from './home.ts';
import { pcc, readPcc } from './pcc.ts';
import { paperOf, paperFile } from './receipt-paper.ts';
import type { MarketWorld } from './run-market.ts';

/** Formats that a terminal can show. */
const texts: ReadonlySet<string> = new Set(['json', 'ndjson', 'csv']);

/** Where an answer goes, and what it may cost, in words of the command line. */
export type BuyWords = { readonly out?: string; readonly atMost?: string };

/**
 * Buys an answer into a new file, with its receipt beside it; to the terminal without one. Whether it can be written is
 * looked at before anything is paid. Throws BuyerError.
 */
export async function buyToFile(
  { buyer, output, api, surroundings }: MarketWorld,
  ask: Ask,
  { out, atMost }: BuyWords,
): Promise<void> {
  await requireWritable(ask, out);
  const limit = atMost === undefined ? {} : { atMostMicro: readPcc(atMost) };
  const bought = await (await buyer()).buy(ask, limit);
  const paper = paperOf(ask, bought, { api, now: surroundings.now });
  if (out === undefined) {
    output.print(`${new TextDecoder().decode(bought.body).trimEnd()}\n`);
    output.printError(paidText(bought));
    if (paper !== undefined) output.printError('  --out FILE keeps the receipt, too\n');
    return;
  }
  await writeFile(out, bought.body, { flag: 'wx' });
  output.print(`${bought.body.length.toLocaleString('en-GB')} bytes in ${out}\n`);
  output.print(paidText(bought));
  if (paper === undefined) return;
  await writeFile(paperFile(out), `${JSON.stringify(paper, null, 2)}\n`, { flag: 'wx' });
  output.print(`  receipt: ${paperFile(out)}; passport verify-receipt ${paperFile(out)}\n`);
}

async function requireWritable({ format = 'json' }: Ask, out: string | undefined): Promise<void> {
  if (out === undefined) {
    if (texts.has(format)) return;
    throw new BuyerError('USAGE', `${format} is for a file: --out FILE.${format}`);
  }
  for (const file of [out, paperFile(out)]) {
    if (await exists(file)) throw new BuyerError('USAGE', `${file} is there already`);
  }
}

function paidText({ paid }: Bought): string {
  if (paid === null) return '  free: it rests on no data, or this market sells nothing of that\n';
  const { receipt, quote } = paid;
  const { price, product, productVersion, block, reduction } = receipt;
  const off = reduction === null ? '' : ` (${reduction.permille}/1000 off: ${reduction.reason})`;
  const most =
    quote === null || quote.maximum === price ? '' : `, of ${pcc(quote.maximum)} at most`;
  return `  ${pcc(price)} paid${most}${off} for ${product} ${productVersion}, exact at block ${block}\n`;
}

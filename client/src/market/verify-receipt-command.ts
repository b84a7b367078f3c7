import { readFile } from 'node:fs/promises';

import { connectLedger, passportClient, readNetworkProfile } from '@passport/ledger-client';
import type { Receipt } from '@passport/model';
import { systemRandom } from '@passport/runtime';
import { Command } from 'commander';

import { BuyerError, checkReceipt, type SettledReceipt, settledReceipt } from '../buyer/index.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { pcc } from './pcc.ts';
import { paperFile, type ReceiptPaper, receiptPaper } from './receipt-paper.ts';
import { type MarketWords, type MarketWorld, runMarket, withPlaces } from './run-market.ts';

type Words = MarketWords & {
  readonly answer?: string;
  readonly profile?: string;
  readonly msp?: string;
  readonly user: string;
  readonly chaincode: string;
};

/** The command `passport verify-receipt`. */
export function verifyReceiptCommand(output: CommandOutput): Command {
  return withPlaces(new Command('verify-receipt'))
    .description(
      'Checks a receipt: by the market that you know, for these very bytes, for your key, and in which ' +
        'settlement of the ledger it is.',
    )
    .argument('<file>', 'FILE.receipt.json')
    .option('--answer <file>', 'the answer; FILE without')
    .option('--profile <file>', "to ask your own peer, not the market: the network's profile")
    .option('--msp <id>', 'with --profile: organisation whose peer is asked')
    .option('--user <name>', 'whose certificate to use', 'User1')
    .option('--chaincode <name>', "the passport's chaincode", 'passport')
    .action((file: string, words: Words) =>
      runMarket(output, words, async (world) => verify(file, words, world)),
    );
}

async function verify(file: string, words: Words, world: MarketWorld): Promise<void> {
  const { output, home, api, surroundings } = world;
  const paper = await paperIn(file);
  const key = await home.key();
  const { operatorKey } = await world.market();
  const answerFile = words.answer ?? file.slice(0, -paperFile('').length);
  const answer = await bytesIn(answerFile);
  const receipt = await checkReceipt(paper.receipt, { operatorKey, answer, buyer: key.keyId });
  output.print(receiptText(receipt, answerFile));
  const settled = await settledReceipt(receipt, { ...surroundings, api, key });
  if (settled === undefined) {
    output.print('  not settled yet: ask again after the next settlement\n');
    return;
  }
  const { number, leaf, root } = settled;
  output.print(`ok  leaf ${leaf} of ${root.count} of settlement ${number}, by the market's word\n`);
  output.print(await compareWithLedger(settled, words));
}

function receiptText(receipt: Receipt, answerFile: string): string {
  const { operator, ledger, product, productVersion, price, block, at } = receipt;
  return (
    `ok  signed by ${operator} on ${ledger}, the market of this folder\n` +
    `ok  for the bytes of ${answerFile}, and for your key\n` +
    `    ${pcc(price)} for ${product} ${productVersion}, exact at block ${block}, at ${at}\n`
  );
}

/** Compares a settlement's root with what a peer of the buyer's trust has. Throws BuyerError, LedgerError. */
async function compareWithLedger(
  { operator, number, root }: SettledReceipt,
  { profile: file, msp, user, chaincode }: Words,
): Promise<string> {
  if (file === undefined || msp === undefined) {
    return '    --profile and --msp compare that with a peer of your own\n';
  }
  const ledger = await connectLedger(await readNetworkProfile(file), { mspId: msp, user });
  try {
    const { market } = passportClient(ledger, { chaincode, random: systemRandom });
    const { receipts, settledAt } = await market.readSettlement({ operator, number });
    if (receipts.root === root.root && receipts.count === root.count) {
      return `ok  the peer of ${msp} has that root, settled at ${settledAt}\n`;
    }
  } finally {
    ledger.close();
  }
  throw new BuyerError(
    'RECEIPT_INVALID',
    `the peer of ${msp} has another root of settlement ${number} than the market tells`,
  );
}

async function paperIn(file: string): Promise<ReceiptPaper> {
  const text = new TextDecoder().decode(await bytesIn(file));
  const read = receiptPaper.safeParse(jsonIn(text));
  if (read.success) return read.data;
  throw new BuyerError('USAGE', `${file} is no receipt that "passport query --out" has kept`);
}

async function bytesIn(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new BuyerError('USAGE', `${file} cannot be read`, { cause: error });
  }
}

/** Undefined of what is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

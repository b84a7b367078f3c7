import { LedgerError, LedgerProfileError } from '@passport/ledger-client';
import type { PersonKey } from '@passport/ledger-client/signing';
import { BANK_DESK_PORT, type MarketTerms, PassportError } from '@passport/model';
import { sleep, systemNow } from '@passport/runtime';
import { type Command, InvalidArgumentError, Option } from 'commander';

import {
  BankDesk,
  Buyer,
  BuyerError,
  Earnings,
  HttpBase,
  Purse,
  readTerms,
  type Surroundings,
} from '../buyer/index.ts';
import { ReadError } from '../read/read-error.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { type EarnerWords, earnerKey } from './earner.ts';
import { BuyerHome } from './home.ts';

/** What all commands of the market are told. */
export type MarketWords = EarnerWords & {
  readonly home: string;
  readonly api: string;
  readonly bank: string;
};

/** What a command of the market works with. */
export type MarketWorld = {
  readonly output: CommandOutput;
  readonly home: BuyerHome;
  readonly api: string;
  readonly surroundings: Surroundings;
  readonly bank: BankDesk;
  /** The market's API without a key. */
  readonly http: HttpBase;
  /** The market as it was seen first from this folder. */
  readonly market: () => Promise<MarketTerms>;
  readonly buyer: () => Promise<Buyer>;
  /** Who earns: the key of a wallet, where one is told, else that of the folder. */
  readonly earner: () => Promise<PersonKey>;
  readonly earnings: () => Promise<Earnings>;
};

/** Adds the options by which a command finds folder, market and bank. */
export function withPlaces(command: Command): Command {
  return command
    .addOption(
      new Option('--home <folder>', 'your folder: key, and what you remember of tabs')
        .env('PASSPORT_HOME')
        .argParser(somewhere)
        .default('.passport'),
    )
    .addOption(
      new Option('--api <url>', "the market's serving API")
        .env('PASSPORT_API')
        .argParser(somewhere)
        .default('http://127.0.0.1:8080'),
    )
    .addOption(
      new Option('--bank <url>', "the bank's desk")
        .env('PASSPORT_BANK')
        .argParser(somewhere)
        .default(`http://127.0.0.1:${BANK_DESK_PORT}`),
    );
}

/** A variable may be there and say nothing. */
function somewhere(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('it says nothing: leave it out for the usual place');
}

/** What to do about a refusal, by its code. */
const hints: Readonly<Record<string, string>> = {
  BALANCE_INSUFFICIENT: 'pay in more: passport deposit EUROS',
  NO_TAB: 'open one: passport tab open PCC',
  TAB_SHORT: 'passport tab top-up PCC',
  UNREACHABLE: 'does it run? --api, --bank and PASSPORT_API, PASSPORT_BANK say where',
  PRICE_ABOVE_LIMIT: 'raise --at-most, or ask for less; passport quote shows the price',
  PROOF_TARGET_WRONG:
    'use the address that the server calls itself by (its --public-url) for --api',
  PROOF_EXPIRED: 'set the clock of this machine',
  SHARE_CLAIMED: 'there is nothing new: passport statement shows what was paid',
  FORMAT_UNKNOWN: '--format json, ndjson, csv, arrow or parquet',
  PRODUCT_UNKNOWN: 'passport products lists what there is',
};

/** Runs a command of the market; ends with 2, and says why and what to do, where it did not work. */
export async function runMarket(
  output: CommandOutput,
  words: MarketWords,
  run: (world: MarketWorld) => Promise<void>,
): Promise<void> {
  try {
    await run(worldOf(output, words));
    output.exitWith(0);
  } catch (error) {
    if (!isExpected(error)) throw error;
    const [code, hint] = codeOf(error);
    output.printError(`${code}: ${messageOf(error)}\n${hint === undefined ? '' : `  ${hint}\n`}`);
    output.exitWith(2);
  }
}

function worldOf(output: CommandOutput, words: MarketWords): MarketWorld {
  const home = new BuyerHome(words.home);
  const surroundings: Surroundings = { fetch, now: systemNow, pause: (ms) => sleep(ms) };
  const { api, bank } = words;
  const http = new HttpBase(api, surroundings);
  const purse = new Purse(home.store, () => readTerms(http));
  const market = (): Promise<MarketTerms> => purse.market();
  const earner = (): Promise<PersonKey> => earnerKey(words, home);
  return {
    ...{ output, home, api, surroundings, http, market, earner },
    bank: new BankDesk(bank, surroundings),
    buyer: async () =>
      new Buyer({ ...surroundings, api, key: await home.key(), store: home.store }),
    earnings: async () => new Earnings({ ...surroundings, api, key: await earner(), market }),
  };
}

type Expected = BuyerError | PassportError | LedgerError | LedgerProfileError | ReadError;

function isExpected(error: unknown): error is Expected {
  const kinds = [BuyerError, PassportError, LedgerError, LedgerProfileError, ReadError];
  return kinds.some((kind) => error instanceof kind);
}

function codeOf(error: Expected): readonly [code: string, hint: string | undefined] {
  const own = error.code;
  const theirs = error instanceof BuyerError ? error.apiCode : undefined;
  return [theirs ?? own, hints[theirs ?? ''] ?? hints[own]];
}

function messageOf(error: Expected): string {
  return error instanceof PassportError ? error.detail : error.message;
}

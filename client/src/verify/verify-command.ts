import {
  connectLedger,
  KeyRing,
  LedgerError,
  LedgerProfileError,
  passportClient,
  readIdentity,
  readNetworkProfile,
} from '@passport/ledger-client';
import { HistoryError, Market } from '@passport/oracle';
import { systemNow, systemRandom } from '@passport/runtime';
import { Command, InvalidArgumentError } from 'commander';

import { BLOCK_WAIT_MS, LedgerHistory } from './ledger-history.ts';
import {
  broadReleasedQuestions,
  type Question,
  releasedQuestion,
  viewQuestion,
} from './question.ts';
import { ReadError } from '../read/read-error.ts';
import { checkLine, jsonOf, textOf } from './report.ts';
import { verify } from './verify.ts';
import { VerifyError } from './verify-error.ts';
import { verifySettlement } from './verify-settlement.ts';

/**
 * 0 all answers are exact, 1 one differs, 2 it could not be told, 3 none differs, but one is older than an
 * erasure that took from it what it was made of, and cannot be recomputed.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** Where a command writes, and what it ends with. */
export type CommandOutput = {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly exitWith: (code: ExitCode) => void;
};

type Options = {
  readonly view?: string;
  readonly metrics?: string;
  readonly by?: string;
  readonly filter: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly vid?: string;
  readonly released?: boolean;
  readonly settlement?: number;
  readonly atBlock?: number;
  readonly api: string;
  readonly profile: string;
  readonly msp: string;
  readonly user: string;
  readonly chaincode: string;
  readonly wait: number;
  readonly marketMsp?: string;
  readonly readerKeys?: string;
  readonly json?: boolean;
};

/** The command `passport verify`. */
export function verifyCommand(output: CommandOutput): Command {
  return new Command('verify')
    .description(
      "Recomputes answers of the serving API from the ledger's blocks, and compares them bit for bit.",
    )
    .option('--view <name>', 'a view; without it and --vid, a broad set of questions')
    .option('--metrics <names>', 'with commas; all of the view without')
    .option('--by <dimensions>', 'with commas; one row without')
    .option('--filter <dimension=value>', 'may come several times', append, [])
    .option('--from <day>', 'first day, YYYY-MM-DD')
    .option('--to <day>', 'last day, YYYY-MM-DD')
    .option('--released', 'what was released of --view; without it, of all views')
    .option('--vid <vid>', "a vehicle's log book")
    .option(
      '--settlement <number>',
      'who was paid what of it; as an administrator of an auditor, with the keys of the market',
      wholeNumber,
    )
    .option('--at-block <number>', 'exact at this block; the newest one without', wholeNumber)
    .requiredOption('--api <url>', 'the serving API')
    .requiredOption('--profile <file>', "the network's profile, network.json")
    .requiredOption('--msp <id>', 'organisation whose peer the blocks come from')
    .option('--user <name>', 'whose certificate to use', 'User1')
    .option('--chaincode <name>', "the passport's chaincode", 'passport')
    .option('--wait <ms>', 'how long the next block may take', wholeNumber, BLOCK_WAIT_MS)
    .option('--market-msp <id>', 'member that reads what owners let the market read')
    .option('--reader-keys <folder>', 'its key ring; without it, nothing that is sealed is opened')
    .option('--json', 'one JSON object a line')
    .action(async (options: Options) => {
      output.exitWith(await run(options, output));
    });
}

async function run(options: Options, { print, printError }: CommandOutput): Promise<ExitCode> {
  const write = options.json === true ? jsonOf : textOf;
  let differ = 0;
  let erased = 0;
  try {
    const questions = questionsOf(options);
    const profile = await readNetworkProfile(options.profile);
    const connection = await connectLedger(profile, { mspId: options.msp, user: options.user });
    try {
      const open = () => connection.network.getBlockEvents({ startBlock: 0n });
      const ledger = new LedgerHistory(
        open,
        options.chaincode,
        options.wait,
        await marketOf(options),
      );
      try {
        const { api, atBlock } = options;
        if (options.settlement !== undefined) {
          const checks = await verifySettlement({
            ...{ api, number: options.settlement, ledger, now: systemNow },
            signer: await readIdentity(profile, options.msp, options.user),
            client: passportClient(connection, {
              chaincode: options.chaincode,
              random: systemRandom,
            }),
          });
          for (const check of checks) print(checkLine(check, options.json === true));
          return checks.some(({ difference }) => difference !== undefined) ? 1 : 0;
        }
        for await (const verdict of verify({ api, atBlock, ledger, questions })) {
          print(write(verdict));
          if ('skipped' in verdict || verdict.difference === undefined) continue;
          if (verdict.erasedAt === undefined) differ += 1;
          else erased += 1;
        }
      } finally {
        ledger.close();
      }
    } finally {
      connection.close();
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    printError(`${error.code}: ${error.message}\n`);
    return 2;
  }
  if (differ > 0) return 1;
  return erased > 0 ? 3 : 0;
}

/** The market, with the keys that it still has. Throws VerifyError `USAGE`. */
async function marketOf({ marketMsp, readerKeys }: Options): Promise<Market | undefined> {
  if (marketMsp === undefined && readerKeys === undefined) return undefined;
  if (marketMsp === undefined || readerKeys === undefined) {
    throw new VerifyError('USAGE', '--market-msp and --reader-keys come together');
  }
  const keys = await (await KeyRing.open(readerKeys)).list();
  return new Market(
    marketMsp,
    keys.map(({ vid, publicKey: { x, y }, scalar }) => {
      return { vid, x, y, d: Buffer.from(scalar).toString('base64url') };
    }),
  );
}

type Expected = VerifyError | ReadError | LedgerProfileError | LedgerError | HistoryError;

function isExpected(error: unknown): error is Expected {
  const kinds = [VerifyError, ReadError, LedgerProfileError, LedgerError, HistoryError];
  return kinds.some((kind) => error instanceof kind);
}

/** Undefined for the broad set. Throws VerifyError `USAGE`. */
function questionsOf(options: Options): Question[] | undefined {
  const { view, vid, metrics, by, filter, from, to, released = false } = options;
  if (!URL.canParse(options.api)) throw new VerifyError('USAGE', `--api ${options.api} is no URL`);
  const ofView = [metrics, by, from, to].some((word) => word !== undefined) || filter.length > 0;
  if (view !== undefined && vid !== undefined) {
    throw new VerifyError('USAGE', 'either --view or --vid');
  }
  if (view !== undefined) {
    const words = { view, metrics, by, filters: filter, from, to };
    return [released ? releasedQuestion(words) : viewQuestion(words)];
  }
  if (ofView) throw new VerifyError('USAGE', '--metrics, --by, --filter, --from, --to need --view');
  if (released && vid !== undefined) throw new VerifyError('USAGE', 'either --released or --vid');
  if (released) return broadReleasedQuestions();
  return vid === undefined ? undefined : [{ of: 'vehicle', vid }];
}

function append(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('it is a whole number');
}

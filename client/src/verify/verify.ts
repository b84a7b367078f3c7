import type { History } from '@passport/oracle';

import { erasedBehind } from './erased.ts';
import type { LedgerHistory } from './ledger-history.ts';
import { broadQuestions, broadReleasedQuestions, type Question } from './question.ts';
import { ask } from './serving-api.ts';
import { type Answered, type Verdict, verifyAnswer } from './verify-answer.ts';
import { VerifyError } from './verify-error.ts';

/** What is verified, and against what. */
export type VerifyOptions = {
  /** URL of the serving API. */
  readonly api: string;
  readonly ledger: LedgerHistory;
  /** A broad set over all views, what was released, and a few vehicles, where none are given. */
  readonly questions?: readonly Question[] | undefined;
  /** The block that answers are to be exact at; each states its own without. */
  readonly atBlock?: number | undefined;
};

/** A question of the broad set that the API leaves unanswered: for its size, or as it is sold. */
export type Skipped = {
  readonly question: Question;
  readonly skipped: string;
  /** The API's own. */
  readonly code: string;
};

/**
 * Before the first epoch ends nothing is released, most blocks are no end of one, and a market sells what was
 * released: for a payment, or, of views that no product has, not at all.
 */
const unreleased = new Set([
  ...['NOT_READY', 'BLOCK_NOT_HELD', 'PAYMENT_REQUIRED', 'PRODUCT_UNKNOWN'],
]);

/** Vehicles of the broad set. */
const VEHICLES = 6;

/**
 * Asks, recomputes and compares, one verdict after the other. Throws VerifyError, and HistoryError
 * where the ledger cannot answer.
 */
export async function* verify(options: VerifyOptions): AsyncGenerator<Verdict | Skipped> {
  const { questions } = options;
  if (questions !== undefined) {
    yield* compare(questions, options);
    return;
  }
  const broad = { ...options, isBroad: true };
  yield* compare(broadQuestions(), broad);
  for await (const verdict of compare(broadReleasedQuestions(), broad)) {
    yield verdict;
    // What holds of one of these holds of all of them.
    if ('skipped' in verdict && unreleased.has(verdict.code)) break;
  }
  const vids = fewVehicles(options.ledger.history);
  yield* compare(
    vids.map((vid): Question => ({ of: 'vehicle', vid })),
    broad,
  );
}

async function* compare(
  questions: readonly Question[],
  options: VerifyOptions & { readonly isBroad?: boolean },
): AsyncGenerator<Verdict | Skipped> {
  const { ledger } = options;
  for (const question of questions) {
    const answered = await answeredOr(question, options);
    if ('skipped' in answered) {
      yield answered;
      continue;
    }
    await ledger.reach(answered.block);
    const verdict = verifyAnswer(ledger.history, answered);
    yield question.of !== 'vehicle' && verdict.difference !== undefined
      ? await excused(verdict, ledger, question.of)
      : verdict;
  }
}

/** How long no block has to come until the ledger is read to its end, milliseconds. */
const QUIET_MS = 1_000;

/** An answer that differs may be older than an erasure: then nobody can say what is right. */
async function excused(
  verdict: Verdict,
  ledger: LedgerHistory,
  of: 'view' | 'released',
): Promise<Verdict> {
  await ledger.readOn(QUIET_MS);
  const erasedAt = erasedBehind(
    ledger.history,
    verdict.block,
    of === 'released' ? -1 : verdict.block,
  );
  return erasedAt === undefined ? verdict : { ...verdict, erasedAt };
}

async function answeredOr(
  question: Question,
  { api, atBlock, isBroad = false, ledger }: VerifyOptions & { readonly isBroad?: boolean },
): Promise<Answered | Skipped> {
  try {
    const { block, answer } = await ask(api, question, atBlock);
    return { question, block: atBlock ?? block, answer };
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    const { apiCode, message: skipped } = error;
    const code = apiCode ?? error.code;
    const isSkipped =
      code === 'QUERY_TOO_LARGE' || (question.of === 'released' && unreleased.has(code));
    if (isBroad && isSkipped) return { question, skipped, code };
    if (error.apiCode !== 'VEHICLE_UNKNOWN') throw error;
    // That there is none is an answer too, if the ledger says so as well.
    const block = atBlock ?? ledger.history.blocks.length - 1;
    if (block < 0) throw error;
    return { question, block, answer: undefined };
  }
}

/** The vehicles with most lines, and some others, spread over the ledger. */
function fewVehicles({ lines }: History): string[] {
  const counts = new Map<string, number>();
  for (const { vid } of lines) counts.set(vid, (counts.get(vid) ?? 0) + 1);
  const all = [...counts.keys()];
  const busiest = all.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  const spread = Array.from({ length: VEHICLES }, (_, part) =>
    all.at(Math.floor((part * all.length) / VEHICLES)),
  );
  const chosen = [...busiest.slice(0, VEHICLES / 2), ...spread];
  return [...new Set(chosen.filter((vid) => vid !== undefined))].slice(0, VEHICLES);
}

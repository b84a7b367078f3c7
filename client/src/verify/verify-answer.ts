import { answerReleased, answerVehicle, answerView, type History } from '@passport/oracle';

import { canonicalText } from './canonical-text.ts';
import type { Question } from './question.ts';

/** Where an answer and what the ledger says first differ. */
export type Difference = {
  /** Member of the answer: `blockHash`, `rows[3]`. */
  readonly at: string;
  /** Canonical JSON of both; undefined where one has nothing there. */
  readonly api: string | undefined;
  readonly ledger: string | undefined;
};

/** What comparing an answer came to. */
export type Verdict = {
  readonly question: Question;
  readonly block: number;
  /** Rows of a view, events of a vehicle, in the API's answer. */
  readonly rows: number;
  /** Undefined when the two are the same, bit for bit. */
  readonly difference: Difference | undefined;
  /** The block of an erasure because of which the answer cannot be recomputed any more. */
  readonly erasedAt?: number;
};

/** An answer of the API, and the block that it is to be exact at. */
export type Answered = {
  readonly question: Question;
  readonly block: number;
  /** As it came; undefined where the API says that there is no such vehicle. */
  readonly answer: unknown;
};

/** Recomputes an answer from the ledger's blocks, and compares. Throws HistoryError. */
export function verifyAnswer(history: History, { question, block, answer }: Answered): Verdict {
  const ours = recomputed(history, question, block, answer);
  const rows = listOf(answer).length;
  return { question, block, rows, difference: firstDifference(answer, ours) };
}

function recomputed(history: History, question: Question, block: number, answer: unknown): unknown {
  switch (question.of) {
    case 'view':
      return answerView(history, question.query, block);
    case 'vehicle':
      return answerVehicle(history, question.vid, block);
    case 'released': {
      // How long an epoch is, is the ledger's for ever; another length gives other batches.
      const epochBlocks = Number(membersOf(answer)?.['epochBlocks']);
      const isLength = Number.isSafeInteger(epochBlocks) && epochBlocks > 0;
      if (!isLength || (block + 1) % epochBlocks !== 0) return undefined;
      return answerReleased(history, question.query, { block, epochBlocks });
    }
  }
}

function firstDifference(api: unknown, ledger: unknown): Difference | undefined {
  if (canonicalText(api) === canonicalText(ledger)) return undefined;
  const [theirs, ours] = [membersOf(api), membersOf(ledger)];
  if (theirs === undefined || ours === undefined) return between('answer', api, ledger);
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  // Lists come last: what the answer says of itself explains most of what differs in them.
  const inOrder = [...names].sort((a, b) => Number(isList(a)) - Number(isList(b)));
  for (const name of inOrder) {
    const [left, right] = [theirs[name], ours[name]];
    if (canonicalText(left) === canonicalText(right)) continue;
    if (!isList(name) || !Array.isArray(left) || !Array.isArray(right)) {
      return between(name, left, right);
    }
    const length = Math.max(left.length, right.length);
    for (let place = 0; place < length; place += 1) {
      if (canonicalText(left[place]) === canonicalText(right[place])) continue;
      return between(`${name}[${place}]`, left[place], right[place]);
    }
  }
  throw new Error('two answers differ, and none of their members does');
}

function between(at: string, api: unknown, ledger: unknown): Difference {
  const text = (value: unknown): string | undefined =>
    value === undefined ? undefined : canonicalText(value);
  return { at, api: text(api), ledger: text(ledger) };
}

function isList(name: string): boolean {
  return name === 'rows' || name === 'events';
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

function listOf(answer: unknown): readonly unknown[] {
  const members = membersOf(answer);
  const list = members?.['rows'] ?? members?.['events'];
  return Array.isArray(list) ? list : [];
}

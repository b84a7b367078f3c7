import type { SettlementCheck } from './check-settlement.ts';
import { wordsOf } from './question.ts';
import type { Verdict } from './verify-answer.ts';
import type { Skipped } from './verify.ts';

/** What the command prints of a verdict, for people. */
export function textOf(verdict: Verdict | Skipped): string {
  const { question } = verdict;
  if ('skipped' in verdict) return `skipped  ${wordsOf(question)}  ${verdict.skipped}\n`;
  const { block, rows, difference } = verdict;
  const unit = question.of === 'vehicle' ? 'event' : 'row';
  const counted = `${rows.toLocaleString('en')} ${unit}${rows === 1 ? '' : 's'}`;
  const line = `${wordsOf(question)}  block ${block}  ${counted}\n`;
  if (difference === undefined) return `ok  ${line}`;
  if (verdict.erasedAt !== undefined) {
    return `not reproducible: erased at block ${verdict.erasedAt}  ${line}`;
  }
  const { at, api = 'nothing', ledger = 'nothing' } = difference;
  return `DIFFERS  ${line}  first at ${at}\n  api     ${api}\n  ledger  ${ledger}\n`;
}

/** What the command prints of one comparison of a settlement. */
export function checkLine({ what, difference }: SettlementCheck, isJson: boolean): string {
  const result = difference === undefined ? 'ok' : 'differs';
  if (isJson) return `${JSON.stringify({ result, what, difference })}\n`;
  return difference === undefined ? `ok  ${what}\n` : `DIFFERS  ${what}  ${difference}\n`;
}

/** The same for programs: one JSON object a line. */
export function jsonOf(verdict: Verdict | Skipped): string {
  const question = wordsOf(verdict.question);
  if ('skipped' in verdict) {
    return `${JSON.stringify({ result: 'skipped', question, why: verdict.skipped })}\n`;
  }
  const { block, rows, difference, erasedAt } = verdict;
  const result = difference === undefined ? 'ok' : 'differs';
  if (erasedAt !== undefined) {
    const words = { result: 'not reproducible', question, block, rows, erasedAt };
    return `${JSON.stringify(words)}\n`;
  }
  return `${JSON.stringify({ result, question, block, rows, ...difference })}\n`;
}

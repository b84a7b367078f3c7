import { z } from 'zod';

import { answerFormats, type Ask, type Bought, type AnswerFormat } from '../buyer/index.ts';

const formats = Object.keys(answerFormats) as [AnswerFormat, ...AnswerFormat[]];

/** What is kept beside an answer: enough to check it, and to ask the same again. */
export const receiptPaper = z.strictObject({
  v: z.literal(1),
  api: z.string(),
  request: z.strictObject({
    method: z.enum(['GET', 'POST']),
    path: z.string(),
    body: z.unknown().optional(),
    format: z.enum(formats),
  }),
  boughtAt: z.string(),
  /** The market's signed word. */
  receipt: z.string(),
});

/** {@link receiptPaper} */
export type ReceiptPaper = z.output<typeof receiptPaper>;

/** The paper of an answer; undefined of what was free. */
export function paperOf(
  { method, path, body, format = 'json' }: Ask,
  { paid }: Bought,
  { api, now }: { readonly api: string; readonly now: () => Date },
): ReceiptPaper | undefined {
  if (paid === null) return undefined;
  const request = { method, path, format, ...(body === undefined ? {} : { body }) };
  return { v: 1, api, request, boughtAt: now().toISOString(), receipt: paid.signedReceipt };
}

/** Where it lies. */
export function paperFile(out: string): string {
  return `${out}.receipt.json`;
}

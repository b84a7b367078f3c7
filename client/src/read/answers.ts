import {
  commandId,
  type Fields,
  keyId,
  keyScope,
  publicKey,
  type Sealed,
  sealed,
  type Vid,
  vid,
} from '@passport/model';
import * as z from 'zod';

import { ReadError } from './read-error.ts';

const place = z.object({ source: z.string(), entry: z.int(), index: z.int() });

const line = z.object({
  kind: z.string(),
  at: z.string(),
  recordedAt: z.string(),
  block: z.int(),
  tx: z.int(),
  index: z.int(),
  place: place.nullable(),
  odometerKm: z.int().nullable(),
  quality: z.int().nullable(),
  detail: z.record(z.string(), z.unknown()),
  voidedBy: place.nullable(),
});

/** A line of a log book, as the API answers it. */
export type Line = z.output<typeof line>;

const book = {
  ledger: z.string(),
  block: z.int(),
  ledgerTime: z.string(),
  vid,
  state: z.string(),
  owners: z.int(),
  events: z.array(line.loose()),
};

/** A log book, as the API answers it. */
export type BookAnswer = {
  readonly ledger: string;
  readonly block: number;
  readonly ledgerTime: string;
  readonly vid: Vid;
  readonly state: string;
  readonly owners: number;
  readonly events: readonly Line[];
};

const read = z.object({
  grantId: z.string(),
  reader: z.union([z.object({ mspId: z.string() }), z.object({ keyId: z.string() })]).nullable(),
  scopes: z.array(z.string()),
  /** What those hold, by the schema. */
  fields: z.array(z.string()),
  purpose: z.string().nullable(),
  at: z.string(),
});

/** Who read what, by which grant. */
export type ReadNote = z.output<typeof read>;

// What the API says besides goes along: it is the owner's.
const answer: z.ZodType<BookAnswer> = z.looseObject(book);
const reads = z.array(read.loose());
const exported: z.ZodType<ExportAnswer> = z.looseObject({
  ...book,
  format: z.literal('passport-export/1'),
  reads,
  readsNext: z.string().nullable(),
});
const page: z.ZodType<ReadsPage> = z.looseObject({ reads, next: z.string().nullable() });

/** An export, as the API answers it: sealed as it is. */
export type ExportAnswer = BookAnswer & {
  readonly format: 'passport-export/1';
  readonly reads: readonly ReadNote[];
  readonly readsNext: string | null;
};

/** A page of who read what. */
export type ReadsPage = { readonly reads: readonly ReadNote[]; readonly next: string | null };

/** Reads a page of who read what. Throws ReadError `ANSWER_MALFORMED`. */
export function readReadsPage(value: unknown): ReadsPage {
  return readAs(page, value);
}

/** Reads a log book. Throws ReadError `ANSWER_MALFORMED`. */
export function readBookAnswer(value: unknown): BookAnswer {
  return readAs(answer, value);
}

/** Reads an export. Throws ReadError `ANSWER_MALFORMED`. */
export function readExportAnswer(value: unknown): ExportAnswer {
  return readAs(exported, value);
}

const wraps = z.object({
  grantId: commandId,
  ownerEpoch: z.int().min(1),
  wraps: z.array(z.object({ readerKey: keyId, keys: z.string() })),
});

/** The keys that came with a grant, of the line of a grant; undefined of any other line. */
export function wrapsOf({ detail }: Line): z.output<typeof wraps> | undefined {
  return wraps.safeParse(detail).data;
}

const published = z.object({
  ownerEpoch: z.int().min(1),
  keys: z.array(
    z.looseObject({ scope: keyScope, epoch: z.int().min(1), suite: z.int(), key: publicKey }),
  ),
});

/** Keys that an owner published; undefined of any other line. */
export function publishedIn({ kind, detail }: Line): z.output<typeof published> | undefined {
  return kind === 'keys-published' ? published.safeParse(detail).data : undefined;
}

/** Fields of a line: those in clear, and those that are sealed. Lines of grants have none. */
export function fieldsIn({ detail }: Line): { readonly clear: Fields; readonly sealed: Sealed } {
  const clear = detail['fields'];
  const isObject = typeof clear === 'object' && clear !== null && !Array.isArray(clear);
  return {
    clear: isObject ? clear : {},
    sealed: sealed.safeParse(detail['sealed'] ?? {}).data ?? {},
  };
}

function readAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: false });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new ReadError('ANSWER_MALFORMED', `the answer is no log book: ${where} ${issue?.message}`);
}

import { hash as hashOnce } from 'node:crypto';

import { canonicalJson, type JsonValue, parse } from '@passport/model';
import { z } from 'zod';

/** What a journal holds, and how its files and the members of its lines are called. */
export type JournalFormat<Entry> = {
  /** What its entries are, in words: `reads`; its files begin with it. */
  readonly name: string;
  /** The member of a line that has the entry. */
  readonly member: string;
  readonly schema: z.ZodType<Entry>;
};

/**
 * A segment is a file of lines, each `<hash> <JSON>`: first what comes before it, then one entry each. A hash is
 * SHA-256, in hexadecimal, of the hash before and the JSON, so that no line is changed, left out or put
 * in between without all that follow. JSON is canonical, UTF-8. Lines that are written at once are a group: the first
 * has a mark in front. Behind the lines of the last segment there may be zeros, which other lines will be written over.
 */
export type Link<Entry> = { readonly seq: number; readonly hash: string; readonly entry: Entry };

/** Where a link is. */
export type LinkPlace = Pick<Link<unknown>, 'seq' | 'hash'>;

/** Where a segment begins: the number of its first entry, and the hash of the one before. */
export type SegmentStart = { readonly first: number; readonly after: string };

/** In front of the first line of a group. */
const GROUP = '>';
/** Where a group begins behind what a disk has lost. */
const groupBehindZero = new RegExp(`\\0${GROUP}[0-9a-f]{64} `);

/** The hash before the first entry. */
export const NO_HASH = '0'.repeat(64);

/** A journal holds what it cannot have written: it was changed, or a part of it is gone. */
export class JournalDamaged extends Error {
  constructor(message: string) {
    super(`the journal is damaged: ${message}`);
    this.name = 'JournalDamaged';
  }
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const startLine = z.strictObject({ first: z.int().min(1), after: hash });
const entryLine = z.looseObject({ seq: z.int().min(1) });

/** The name of a segment's file; names sort as the segments do. */
export function segmentName({ name }: Pick<JournalFormat<never>, 'name'>, first: number): string {
  return `${name}-${String(first).padStart(15, '0')}.log`;
}

/** Whether a file is a segment. */
export function isSegment({ name }: Pick<JournalFormat<never>, 'name'>, file: string): boolean {
  return file.startsWith(`${name}-`) && /^-\d{15}\.log$/.test(file.slice(name.length));
}

/** The first line of a segment. */
export function writeStart({ first, after }: SegmentStart): Buffer {
  return Buffer.from(lineOf(NO_HASH, canonicalJson({ first, after })).line, 'utf8');
}

/** The line of an entry behind another one. */
export function writeEntry<Entry>(
  { member }: Pick<JournalFormat<Entry>, 'member'>,
  after: string,
  seq: number,
  entry: Entry & JsonValue,
): { readonly link: Link<Entry>; readonly line: string } {
  const written = lineOf(after, canonicalJson({ [member]: entry, seq }));
  return { link: { seq, hash: written.hash, entry }, line: written.line };
}

/** Lines that are written at once. */
export function groupOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${GROUP}${lines.join('')}`, 'utf8');
}

/** What a segment holds. */
export type Segment<Entry> = {
  readonly start: SegmentStart;
  readonly links: readonly Link<Entry>[];
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
};

/**
 * Reads a segment. What follows the last whole line of the last segment was being written when the process
 * ended, and was answered to nobody: it is left out. Undefined where not even the first line is
 * whole. Throws {@link JournalDamaged}.
 */
export function readSegment<Entry>(
  format: JournalFormat<Entry>,
  bytes: Buffer,
  name: string,
  isLast: boolean,
): Segment<Entry> | undefined {
  const lines = splitLines(bytes);
  const [head, ...rest] = lines;
  const start = head && startLine.safeParse(jsonBehind(NO_HASH, head.text)).data;
  if (start === undefined || segmentName(format, start.first) !== name) {
    if (isLast && isTorn(lines)) return undefined;
    throw new JournalDamaged(`${name} does not say where it begins`);
  }
  const links: Link<Entry>[] = [];
  let [after, wholeBytes] = [start.after, head?.end ?? 0];
  for (const [index, { text, end }] of rest.entries()) {
    const line = entryLine.safeParse(jsonBehind(after, text)).data;
    if (line === undefined || line.seq !== start.first + links.length) {
      if (isLast && isTorn(rest.slice(index))) break;
      throw new JournalDamaged(`${name}, entry ${start.first + links.length}`);
    }
    after = text.slice(0, NO_HASH.length);
    links.push({ seq: line.seq, hash: after, entry: parse(format.schema, line[format.member]) });
    wholeBytes = end;
  }
  if (wholeBytes !== bytes.length && !isLast) throw new JournalDamaged(`${name} ends in a line`);
  return { start, links, wholeBytes };
}

type Line = { readonly text: string; readonly end: number; readonly isFirst: boolean };

/** Whole lines; what follows the last one is none. */
function splitLines(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  let from = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
    const text = bytes.toString('utf8', from, end);
    const isFirst = text.startsWith(GROUP);
    lines.push({ text: isFirst ? text.slice(GROUP.length) : text, end: end + 1, isFirst });
    from = end + 1;
  }
  return lines;
}

/**
 * Whether lines, the first of which is none of the chain, were being written when the power went: no other group is
 * behind them then. A disk may have the end of what it was given and not the beginning: there it has the zeros from before,
 * which no line has. Else no later line is a link of the chain; of what was changed the next one is.
 */
function isTorn(lines: readonly Line[]): boolean {
  const [broken, ...later] = lines;
  const isFollowed = later.some(({ isFirst }) => isFirst);
  if (isFollowed || lines.some(({ text }) => groupBehindZero.test(text))) return false;
  if (broken?.text.includes('\0') === true) return true;
  return !later.some(({ text }, index) => isLink(lines[index]?.text ?? '', text));
}

function lineOf(after: string, json: string): { readonly hash: string; readonly line: string } {
  const digest = hashOf(after, json);
  return { hash: digest, line: `${digest} ${json}\n` };
}

function hashOf(after: string, json: string): string {
  return hashOnce('sha256', `${after}${json}`);
}

/** What a line says, if it is the one behind that hash. */
function jsonBehind(after: string, text: string): unknown {
  const json = text.slice(NO_HASH.length + 1);
  if (text !== `${hashOf(after, json)} ${json}`) return undefined;
  return JSON.parse(json);
}

function isLink(before: string, text: string): boolean {
  return jsonBehind(before.slice(0, NO_HASH.length), text) !== undefined;
}

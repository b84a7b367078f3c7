import { createHash } from 'node:crypto';

/** What is looked for, and what it is of. */
export type Needle = { readonly of: string; readonly bytes: Buffer };

/**
 * A text as it could be written down: as it is, in hexadecimal, in both base64 wherever it lies in a longer
 * text, and its SHA-256 by itself, in hexadecimal and in both base64.
 */
export function needlesOf(name: string, text: string): Needle[] {
  const bytes = Buffer.from(text, 'utf8');
  const digest = createHash('sha256').update(bytes).digest();
  const texts = new Map<string, string>([
    ['plain', text],
    ['lower case', text.toLowerCase()],
    ['JSON', JSON.stringify(text).slice(1, -1)],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['SHA-256 in hex', digest.toString('hex')],
    ['SHA-256 in base64', digest.toString('base64')],
    ['SHA-256 in base64url', digest.toString('base64url')],
  ]);
  for (const shift of [0, 1, 2]) {
    for (const encoding of ['base64', 'base64url'] as const) {
      texts.set(`${encoding}, shifted by ${shift}`, within(bytes, shift, encoding));
    }
  }
  return [
    ...[...texts].map(([how, coded]) => ({ of: `${name}, ${how}`, bytes: Buffer.from(coded) })),
    { of: `${name}, SHA-256`, bytes: digest },
    { of: `${name}, UTF-16`, bytes: Buffer.from(text, 'utf16le') },
  ];
}

/** The characters of base64 that depend on nothing but the bytes, where so many stand before them. */
function within(bytes: Buffer, shift: number, encoding: 'base64' | 'base64url'): string {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
  const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString(encoding);
  return whole.slice(shift === 0 ? 0 : 4);
}

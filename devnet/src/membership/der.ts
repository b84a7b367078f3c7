/** The tags of ASN.1 that certificates, revocation lists and signatures use (X.690). */
export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One DER element: its tag, its content, and the whole of it. */
export type DerElement = {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
};

/** The bytes are not DER, or not of the expected structure. */
export class DerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DerError';
  }
}

/**
 * Reads the first element of some bytes; what follows it is left alone.
 * Throws {@link DerError}. Source: X.690 (single-byte tags and definite, minimal lengths only).
 */
export function readDer(bytes: Buffer): DerElement {
  const first = bytes[0];
  const lengthByte = bytes[1];
  if (first === undefined || lengthByte === undefined) throw new DerError('data truncated');
  if ((first & 0x1f) === 0x1f) throw new DerError('tags of several bytes are not supported');
  let start = 2;
  let length = lengthByte;
  if (lengthByte >= 0x80) {
    const count = lengthByte & 0x7f;
    if (count === 0 || count > 4) throw new DerError('unsupported length');
    if (bytes.length < 2 + count) throw new DerError('data truncated');
    length = bytes.readUIntBE(2, count);
    start += count;
    if (length < 0x80 || bytes[2] === 0) throw new DerError('non-minimal length');
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError('data truncated');
  return { tag: first, content: bytes.subarray(start, end), raw: bytes.subarray(0, end) };
}

/** As {@link readDer}, but the element must have the tag. */
export function readDerOf(bytes: Buffer, expected: number): DerElement {
  const element = readDer(bytes);
  if (element.tag !== expected) {
    throw new DerError(`tag 0x${element.tag.toString(16)} in place of 0x${expected.toString(16)}`);
  }
  return element;
}

/** The elements of a constructed element's content, in order. */
export function readDerList(content: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  let rest = content;
  while (rest.length > 0) {
    const element = readDer(rest);
    elements.push(element);
    rest = rest.subarray(element.raw.length);
  }
  return elements;
}

/** An object identifier's content in dotted form. */
export function readObjectIdentifier(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [joined = 0, ...others] = arcs;
  const root = Math.min(2, Math.floor(joined / 40));
  return [root, joined - root * 40, ...others].join('.');
}

/** An element of a tag with the given contents, one after another. */
export function encodeDer(elementTag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([elementTag]), encodeLength(content.length), content]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

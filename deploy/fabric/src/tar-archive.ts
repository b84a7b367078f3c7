/** A regular file of an archive. */
export interface TarEntry {
  /** At most 100 bytes of ASCII. */
  readonly name: string;
  readonly data: Buffer;
}

const blockSize = 512;

/**
 * An uncompressed archive in the POSIX ustar format, with fixed owner, mode and time, so that equal
 * entries make equal bytes.
 */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    parts.push(header(entry), entry.data, Buffer.alloc(padding(entry.data.length)));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * blockSize)]);
}

function padding(length: number): number {
  return (blockSize - (length % blockSize)) % blockSize;
}

function header({ name, data }: TarEntry): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) {
    throw new RangeError(`"${name}" cannot be a name in an archive.`);
  }
  const block = Buffer.alloc(blockSize);
  block.write(name, 0, 'ascii');
  block.write(octal(0o644, 8), 100, 'ascii');
  block.write(octal(0, 8), 108, 'ascii');
  block.write(octal(0, 8), 116, 'ascii');
  block.write(octal(data.length, 12), 124, 'ascii');
  block.write(octal(0, 12), 136, 'ascii');
  block.write(' '.repeat(8), 148, 'ascii');
  block.write('0', 156, 'ascii');
  block.write('ustar\u000000', 257, 'ascii');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148, 'ascii');
  return block;
}

/** A number as octal digits that, with a closing NUL, fill a field. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

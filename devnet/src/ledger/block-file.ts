import { constants, readSync } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { syncFolder } from '@passport/runtime';

const FILE = 'blocks.dat';
const LOCATION_BYTES = 16;

/** Where a block lies in the file, with the CRC-32 of its bytes. */
export type BlockLocation = {
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
};

/**
 * Whole blocks, one after the other, in a file of their own. They are read rarely and are most of
 * a ledger: in the mapped store they would lie between all index pages, and be resident with them.
 * Where the file ends is the store's to know: bytes behind that are of a block that never was.
 */
export class BlockFile {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Opens the file in a folder, or makes it. */
  static async open(directory: string): Promise<BlockFile> {
    const path = join(directory, FILE);
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    await syncFolder(directory);
    return new BlockFile(path, handle);
  }

  /** Writes a block at an offset, over what may be there; it is on the disk when this resolves. */
  async write(offset: number, block: Uint8Array): Promise<BlockLocation> {
    let written = 0;
    while (written < block.length) {
      const rest = block.subarray(written);
      written += (await this.#handle.write(rest, 0, rest.length, offset + written)).bytesWritten;
    }
    await this.#handle.datasync();
    return { offset, length: block.length, checksum: crc32(block) };
  }

  /** Reads a block. Throws when the file does not hold what was written. */
  read(location: BlockLocation): Buffer {
    const block = Buffer.alloc(location.length);
    let read = 0;
    while (read < block.length) {
      const length = block.length - read;
      const count = readSync(this.#handle.fd, block, read, length, location.offset + read);
      if (count === 0) break;
      read += count;
    }
    if (read < block.length || crc32(block) !== location.checksum) {
      throw new Error(`${this.#path} is damaged at byte ${location.offset}`);
    }
    return block;
  }

  /** Copies the file to another folder. */
  async copyTo(directory: string): Promise<void> {
    await copyFile(this.#path, join(directory, FILE), constants.COPYFILE_FICLONE);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Offset (u64), length (u32), checksum (u32), big endian. */
export function encodeBlockLocation(location: BlockLocation): Buffer {
  const encoded = Buffer.alloc(LOCATION_BYTES);
  encoded.writeBigUInt64BE(BigInt(location.offset), 0);
  encoded.writeUInt32BE(location.length, 8);
  encoded.writeUInt32BE(location.checksum, 12);
  return encoded;
}

/** Reverse of {@link encodeBlockLocation}. */
export function decodeBlockLocation(encoded: Buffer): BlockLocation {
  return {
    offset: Number(encoded.readBigUInt64BE(0)),
    length: encoded.readUInt32BE(8),
    checksum: encoded.readUInt32BE(12),
  };
}

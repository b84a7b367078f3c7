import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

import { common } from '@hyperledger/fabric-protos';

import { BlockFactory, type FactoryTransaction } from './block-factory.ts';

const LENGTH_BYTES = 4;

/** Transactions as they come. */
type Transactions = Iterable<FactoryTransaction> | AsyncIterable<FactoryTransaction>;

/**
 * Writes a chain of blocks to a file: each as its length (4 bytes, big-endian) and its bytes. Answers
 * how many there are, the genesis block counted. That one makes the ledger's name, which what is sealed needs.
 */
export async function writeBlocks(
  path: string,
  transactions: Transactions | ((ledger: string) => Transactions),
  blockTransactions: number,
): Promise<number> {
  const factory = await BlockFactory.create();
  const file = createWriteStream(path);
  let blocks = 0;
  const put = async (block: common.Block): Promise<void> => {
    const bytes = block.serializeBinary();
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(bytes.length);
    file.write(length);
    if (!file.write(bytes)) await once(file, 'drain');
    blocks += 1;
  };
  await put(factory.genesis());
  let waiting: FactoryTransaction[] = [];
  const coming = typeof transactions === 'function' ? transactions(factory.ledger) : transactions;
  for await (const transaction of coming) {
    waiting.push(transaction);
    if (waiting.length < blockTransactions) continue;
    await put(factory.block(waiting));
    waiting = [];
  }
  if (waiting.length > 0) await put(factory.block(waiting));
  file.end();
  await finished(file);
  return blocks;
}

/** Reads the blocks of a file from a number on. */
export async function* readBlocks(path: string, from = 0): AsyncGenerator<common.Block> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let offset = 0;
    while (rest.length - offset >= LENGTH_BYTES) {
      const end = offset + LENGTH_BYTES + rest.readUInt32BE(offset);
      if (end > rest.length) break;
      if (number >= from) {
        yield common.Block.deserializeBinary(rest.subarray(offset + LENGTH_BYTES, end));
      }
      number += 1;
      offset = end;
    }
    rest = rest.subarray(offset);
  }
}

import type { common } from '@hyperledger/fabric-protos';
import type { EventLog } from '@passport/event-log';
import {
  type BlockPart,
  CellNames,
  epochOf,
  memoryOfMaps,
  openRecord,
  readBlocks,
} from '@passport/model';

import { readBlock } from '../blocks/block.ts';
import { foldParts } from './fold-parts.ts';

/** What a log has of one partition. */
export type PartitionContents = {
  /** First and last block of each record, in their order. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  /** Each block once, as it came first. */
  readonly blocks: readonly BlockPart[];
};

/**
 * Reads a log as a careful consumer: throws when blocks are missing, when a block comes again and is
 * another one, or when a record crosses the border of an epoch.
 */
export async function contentsOf(log: EventLog): Promise<PartitionContents[]> {
  const contents: PartitionContents[] = [];
  for (let partition = 0; partition < log.partitions; partition += 1) {
    contents.push(await partitionContents(log, partition));
  }
  return contents;
}

async function partitionContents(log: EventLog, partition: number): Promise<PartitionContents> {
  const newest = await log.last(partition);
  const ranges: [number, number][] = [];
  const blocks: BlockPart[] = [];
  if (newest === undefined) return { ranges, blocks };
  const reader = log.openReader(new Map([[partition, 'earliest']]));
  for await (const { records } of reader) {
    for (const { value } of records) {
      const record = openRecord(value);
      ranges.push([record.first, record.last]);
      if (epochOf(record.first, record.epochBlocks) !== epochOf(record.last, record.epochBlocks)) {
        throw new Error(`blocks ${record.first} to ${record.last} are of two epochs`);
      }
      for (const block of readBlocks(record)) take(blocks, block);
    }
    if (records.at(-1)?.position === newest.position) break;
  }
  await reader.close();
  return { ranges, blocks };
}

function take(blocks: BlockPart[], block: BlockPart): void {
  const known = blocks[block.number];
  if (known === undefined) {
    if (block.number !== blocks.length) throw new Error(`block ${blocks.length} is missing`);
    blocks.push(block);
  } else if (JSON.stringify(known) !== JSON.stringify(block)) {
    throw new Error(`block ${block.number} comes again, and is another one`);
  }
}

/** What blocks are for each partition, by one fold in memory from the first to the last. */
export async function foldedAtOnce(
  blocks: readonly common.Block[],
  partitions: number,
): Promise<BlockPart[][]> {
  const options = {
    chaincode: 'passport',
    partitions,
    memory: memoryOfMaps(),
    names: new CellNames(),
  };
  const folded: BlockPart[][] = Array.from({ length: partitions }, () => []);
  let ledgerTimeMs = 0;
  for (const block of blocks) {
    const { parts, ...rest } = await foldParts(readBlock(block), ledgerTimeMs, options);
    ({ ledgerTimeMs } = rest);
    for (const [partition, part] of parts.entries()) folded[partition]?.push(part);
  }
  return folded;
}

import { crc32 } from 'node:zlib';

import type { Vid } from '../identifiers/vid.ts';

/** Partitions of a ledger at most. */
export const PARTITIONS_MAX = 256;

/** The partition of a vehicle: CRC-32 (RFC 1952) of its vid, modulo their number, which is fixed. */
export function partitionOf(vid: Vid, partitions: number): number {
  return crc32(vid) % partitions;
}

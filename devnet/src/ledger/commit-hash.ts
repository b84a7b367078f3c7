import { createHash } from 'node:crypto';

import { BinaryWriter } from 'google-protobuf';

import type { Version } from '../simulation/state-snapshot.ts';

/** A change of one key by a valid transaction; no value means that the key is deleted. */
export type StateUpdate = {
  readonly namespace: string;
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly metadata?: Uint8Array;
  readonly version: Version;
};

/**
 * The hash that chains what every block did to the state, so that two peers can compare their
 * whole history by one value: SHA-256(varint(number of codes), codes, updates, previous hash).
 * Source: Fabric, core/ledger/kvledger/kv_ledger.go.
 */
export function commitHash(
  codes: Uint8Array,
  updates: readonly StateUpdate[],
  previous: Uint8Array,
): Buffer {
  return createHash('sha256')
    .update(varint(codes.length))
    .update(codes)
    .update(updateBytes(updates))
    .update(previous)
    .digest();
}

/**
 * The updates as one protobuf message, sorted by namespace and key; a namespace is named by its
 * first write only. Source: Fabric, core/ledger/kvledger/txmgmt/txmgr/update_batch_bytes.go.
 */
export function updateBytes(updates: readonly StateUpdate[]): Uint8Array {
  const sorted = updates
    .map((update) => ({ update, namespace: utf8(update.namespace), key: utf8(update.key) }))
    .sort((a, b) => a.namespace.compare(b.namespace) || a.key.compare(b.key));
  const writer = new BinaryWriter();
  let namespace: string | undefined;
  for (const { update, key } of sorted) {
    const named = update.namespace === namespace ? undefined : update.namespace;
    namespace = update.namespace;
    writer.writeMessage(1, update, () => writeUpdate(writer, update, key, named));
  }
  return writer.getResultBuffer();
}

function writeUpdate(
  writer: BinaryWriter,
  update: StateUpdate,
  key: Buffer,
  namespace: string | undefined,
): void {
  if (namespace) writer.writeString(1, namespace);
  if (key.length > 0) writer.writeBytes(3, key);
  if (update.value === undefined) writer.writeBool(4, true);
  else if (update.value.length > 0) writer.writeBytes(5, update.value);
  writer.writeBytes(6, versionBytes(update.version));
}

/**
 * A height in Fabric's order-preserving form: for each of block and transaction, the number of
 * significant bytes and then those bytes. Source: Fabric, common/ledger/util/util.go.
 */
function versionBytes(version: Version): Buffer {
  return Buffer.concat([orderPreserving(version.block), orderPreserving(version.tx)]);
}

function orderPreserving(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
  return Buffer.concat([Buffer.from([significant.length]), significant]);
}

function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = number;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

/**
 * How ledger records are laid out as LMDB keys. LMDB orders keys bytewise, which is also Fabric's
 * order of state keys (UTF-8 bytes), so a range of the state is a range of the store.
 */

const SEPARATOR = 0x00;
const AFTER_SEPARATOR = 0x01;
const VERSION_BYTES = 12;

/** Key of a state entry: namespace, separator, key. */
export function stateKey(namespace: string, key: string): Buffer {
  return Buffer.concat([namespacePrefix(namespace), Buffer.from(key, 'utf8')]);
}

/** The first possible state key of a namespace. */
function namespacePrefix(namespace: string): Buffer {
  return Buffer.from(`${namespace}\u0000`, 'utf8');
}

/** The first key behind all state keys of a namespace. */
export function namespaceEnd(namespace: string): Buffer {
  const end = namespacePrefix(namespace);
  end[end.length - 1] = AFTER_SEPARATOR;
  return end;
}

/** The state key without its namespace. */
export function keyOfState(encoded: Uint8Array): string {
  const separator = encoded.indexOf(SEPARATOR);
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length).toString(
    'utf8',
    separator + 1,
  );
}

/**
 * Prefix of all history entries of one key. The key's length is part of it, because composite keys
 * contain the separator and one may be a prefix of another.
 */
export function historyPrefix(namespace: string, key: string): Buffer {
  const keyBytes = Buffer.from(key, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(keyBytes.length);
  return Buffer.concat([namespacePrefix(namespace), length, keyBytes]);
}

/** Key of one modification in a key's history: prefix, block, transaction. */
export function historyKey(namespace: string, key: string, block: number, tx: number): Buffer {
  const prefix = historyPrefix(namespace, key);
  const encoded = Buffer.alloc(prefix.length + VERSION_BYTES);
  prefix.copy(encoded);
  encoded.writeBigUInt64BE(BigInt(block), prefix.length);
  encoded.writeUInt32BE(tx, prefix.length + 8);
  return encoded;
}

/** The end of the range of a key's history: every version sorts before it. */
export function historyEnd(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.alloc(VERSION_BYTES, 0xff)]);
}

/** Key of a block: its number, big endian, so that blocks are stored in order. */
export function blockKey(number: number): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64BE(BigInt(number));
  return encoded;
}

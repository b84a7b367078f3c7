/**
 * Longest state key, in bytes: namespace, separator and key in UTF-8. So it fits in a history key
 * of LMDB with 8 KiB pages (4,026 bytes) beside length and version. LevelDB, under a real peer,
 * has no such limit, so the devnet refuses longer keys where the chaincode writes them.
 */
export const STATE_KEY_BYTES_MAX = 4_000;

const SEPARATOR_BYTES = 1;
/** A UTF-16 code unit takes at most this many bytes of UTF-8. */
const UNIT_BYTES_MAX = 3;

/** Whether a key is too long for the store. */
export function isKeyTooLong(namespace: string, key: string): boolean {
  const units = namespace.length + key.length;
  if (units * UNIT_BYTES_MAX + SEPARATOR_BYTES <= STATE_KEY_BYTES_MAX) return false;
  const bytes = Buffer.byteLength(namespace) + Buffer.byteLength(key) + SEPARATOR_BYTES;
  return bytes > STATE_KEY_BYTES_MAX;
}

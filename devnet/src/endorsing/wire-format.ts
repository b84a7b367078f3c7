import { BinaryReader } from 'google-protobuf';

/** Wire types of the fields of a message: varint, 64 bit, length-delimited, 32 bit. */
const FIELD_TYPES = new Set<number>([0, 1, 2, 5]);

/**
 * True when bytes are fields of a message, whatever they mean. The generated decoders end at the
 * end of a group that never began, where Go's protobuf refuses the message.
 * Source: protobuf.dev, Encoding.
 */
export function isWireFormat(bytes: Uint8Array): boolean {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.nextField()) {
      if (!FIELD_TYPES.has(reader.getWireType())) return false;
      reader.skipField();
    }
    return reader.getCursor() === bytes.length;
  } catch {
    return false;
  }
}

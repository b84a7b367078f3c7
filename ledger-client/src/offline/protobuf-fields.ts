/** One field of a message in protobuf's wire format: its number, and its bytes, or its number as a varint. */
type ProtobufField = { readonly number: number; readonly value: Uint8Array | bigint };

/** Bytes are no message of protobuf. */
export class ProtobufError extends Error {}

/**
 * The fields of a message in their order (protobuf.dev, "Encoding"): as much as a browser needs to look at what it is
 * asked to sign, without a schema. Groups and whatever else Fabric does not write are refused. Throws
 * {@link ProtobufError}.
 */
function fieldsOf(message: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (length > message.length - at) throw new ProtobufError('the message is cut off');
    at += length;
    return message.subarray(at - length, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const [byte = 0] = take(1);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('a number is too long');
  };
  while (at < message.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    if (wireType === 0) fields.push({ number, value: varint() });
    else if (wireType === 2) fields.push({ number, value: take(Number(varint())) });
    else throw new ProtobufError(`wire type ${wireType} is not read here`);
  }
  return fields;
}

/** A message whose fields are asked for by number. */
export class ProtobufMessage {
  readonly #fields: readonly ProtobufField[];

  /** Throws {@link ProtobufError}. */
  constructor(message: Uint8Array) {
    this.#fields = fieldsOf(message);
  }

  /** The bytes of a field that comes at most once; none where it is left out, which is the same in protobuf. */
  bytes(number: number): Uint8Array {
    const [first, ...others] = this.all(number);
    // Readers differ in which of two counts.
    if (others.length > 0) throw new ProtobufError(`field ${number} comes twice`);
    return first ?? new Uint8Array();
  }

  /** {@link bytes} as a text. */
  text(number: number): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes(number));
  }

  /** A number that comes at most once; 0 where it is left out. */
  number(number: number): bigint {
    const [first, ...others] = this.#fields.filter((field) => field.number === number);
    if (others.length > 0) throw new ProtobufError(`field ${number} comes twice`);
    if (first === undefined) return 0n;
    if (typeof first.value === 'bigint') return first.value;
    throw new ProtobufError(`field ${number} is no number`);
  }

  /** The message in a field. */
  message(number: number): ProtobufMessage {
    return new ProtobufMessage(this.bytes(number));
  }

  /** The bytes of a field each time that it comes. */
  all(number: number): Uint8Array[] {
    return this.#fields
      .filter((field) => field.number === number)
      .map(({ value }) => {
        if (typeof value !== 'bigint') return value;
        throw new ProtobufError(`field ${number} is a number`);
      });
  }

  /** Refuses fields of other numbers: what is not known cannot be agreed to. Throws {@link ProtobufError}. */
  only(...numbers: readonly number[]): this {
    const other = this.#fields.find(({ number }) => !numbers.includes(number));
    if (other === undefined) return this;
    throw new ProtobufError(`field ${other.number} does not belong there`);
  }
}

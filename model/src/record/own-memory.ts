/**
 * An array of the same numbers with room for more. What it lay in is given back at once: as garbage, arrays of megabytes
 * make the collector search all of its heap for them.
 */
export function grown<A extends Float64Array | Int32Array | Uint8Array>(
  from: A,
  length: number,
): A {
  const larger = memoryOf(from).transfer(length * from.BYTES_PER_ELEMENT);
  return new (from.constructor as new (memory: ArrayBuffer) => A)(larger);
}

/** Gives memory back at once. Nothing is in the array any more. */
export function free(array: Float64Array | Int32Array | Uint8Array): void {
  memoryOf(array).transfer(0);
}

/** All of it is the array's. Throws Error where it is not. */
function memoryOf({ buffer, byteLength }: Float64Array | Int32Array | Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
  throw new Error('memory that is not of one array alone');
}

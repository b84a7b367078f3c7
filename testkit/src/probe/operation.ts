import type { ChaincodeStub, Iterators } from 'fabric-shim';

/** One step of a transaction of the probe: arguments are JSON values, so is the answer. */
export type Operation = (stub: ChaincodeStub, ...args: never[]) => unknown;

/** One step as it is sent: the operation's name and its arguments. */
export type Step = readonly [operation: string, ...args: unknown[]];

/** Bytes as text: the probe's values are UTF-8 unless an operation says otherwise. */
export function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

/** Key and value of each result, at most `most`; the iterator is closed then. */
export async function entriesOf(
  iterator: Iterators.StateQueryIterator,
  most: number = Infinity,
): Promise<(readonly [key: string, value: string])[]> {
  const entries: [string, string][] = [];
  while (entries.length < most) {
    const step = await iterator.next();
    if (step.done) break;
    entries.push([step.value.key, textOf(step.value.value)]);
  }
  await iterator.close();
  return entries;
}

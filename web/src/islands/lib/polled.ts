import { useEffect, useState } from 'hono/jsx/dom';

import { every } from './every.ts';
import { failureText } from './failure-text.ts';

/** What is looked for now and again: undefined before the first answer. */
export type Polled<Value> = {
  readonly value: Value | undefined;
  /** Why the newest look failed; empty where it did not. */
  readonly failure: string;
};

/** Pause between two looks at what another person has left. */
const LOOK_MS = 1_000;

/** Looks for something each second while it is shown, from when one of `watch` changes. */
export function usePolled<Value>(
  look: (signal: AbortSignal) => Promise<Value>,
  watch: readonly unknown[],
): Polled<Value> {
  const [value, setValue] = useState<Value | undefined>(undefined);
  const [failure, setFailure] = useState('');
  useEffect(
    () =>
      every(
        LOOK_MS,
        async (signal) => {
          setValue(await look(signal));
          setFailure('');
        },
        (error) => setFailure(failureText(error)),
      ),
    [...watch],
  );
  return { value, failure };
}

/** @jsxImportSource hono/jsx/dom */
import type { Child } from 'hono/jsx';
import { useEffect, useState } from 'hono/jsx/dom';

import { failureText } from './failure-text.ts';

/** Something that is asked for when it is shown: what is there meanwhile, what went wrong, and once more. */
export function Loaded<Value>({
  load,
  watch,
  loading,
  again,
  children,
}: {
  readonly load: () => Promise<Value>;
  /** Asks again when one of these changes. */
  readonly watch: readonly unknown[];
  readonly loading: string;
  /** What the button says that asks once more. */
  readonly again: string;
  readonly children: (value: Value) => Child;
}) {
  const [answer, setAnswer] = useState<{ value: Value } | { failure: string } | undefined>(
    undefined,
  );
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (value) => {
        if (isCurrent) setAnswer({ value });
      },
      (error: unknown) => {
        if (isCurrent) setAnswer({ failure: failureText(error) });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [...watch, turn]);
  if (answer === undefined) {
    return (
      <div class="loading" role="status">
        {loading}
      </div>
    );
  }
  if ('value' in answer) return <>{children(answer.value)}</>;
  return (
    <div class="notice notice-bad" role="alert">
      <p>{answer.failure}</p>
      <button type="button" class="button-quiet" onClick={() => setTurn(turn + 1)}>
        {again}
      </button>
    </div>
  );
}

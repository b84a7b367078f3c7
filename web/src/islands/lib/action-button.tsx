/** @jsxImportSource hono/jsx/dom */
import type { Child } from 'hono/jsx';
import { useEffect, useRef, useState } from 'hono/jsx/dom';

import { failureText } from './failure-text.ts';

/** A button for what takes a while: it says so, cannot be pressed twice, and tells what went wrong. */
export function ActionButton({
  children,
  busy,
  look = '',
  run,
  isOff = false,
}: {
  readonly children: Child;
  /** What it says meanwhile. */
  readonly busy: string;
  readonly look?: string;
  readonly run: () => Promise<void>;
  readonly isOff?: boolean;
}) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const isThere = useRef(true);
  useEffect(
    () => () => {
      isThere.current = false;
    },
    [],
  );
  const press = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await run();
    } catch (error) {
      setFailure(failureText(error));
    }
    // What was done may have taken the button away; a state that is set then would bring it back.
    await new Promise((next) => {
      requestAnimationFrame(next);
    });
    if (isThere.current) setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        class={look}
        disabled={isOff}
        aria-disabled={isBusy ? 'true' : 'false'}
        onClick={() => void press()}
      >
        {isBusy ? busy : children}
      </button>
      {failure !== undefined && (
        <p class="notice notice-bad" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}

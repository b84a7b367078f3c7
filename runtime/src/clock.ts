/** Calls back once, after a time in milliseconds; the function it returns cancels the call. */
export type StartTimer = (ms: number, callback: () => void) => () => void;

/** The wall clock. Pass it on as `now`, so that a test can stand still. */
export function systemNow(): Date {
  return new Date();
}

/** A timer of the process. It keeps the process alive until it has fired or was cancelled. */
export const startTimer: StartTimer = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** Waits `ms` milliseconds; rejects with the signal's reason as soon as `signal` aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const onAbort = (): void => {
      cancel();
      fail(abortReason(signal));
    };
    if (signal?.aborted === true) {
      fail(abortReason(signal));
      return;
    }
    const cancel = startTimer(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      done();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Waits until a promise settles, and no longer than `ms` milliseconds; answers whether it has. How it
 * settled is for who awaits the promise itself.
 */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const waiting = new AbortController();
  const settled = work.then(
    () => true,
    () => true,
  );
  const late = sleep(ms, waiting.signal).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    waiting.abort();
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

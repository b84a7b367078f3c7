/**
 * Does something now and again after each pause, one at a time, while the page is seen. Returns what stops it.
 * A failure goes to `failed`, and it is tried again after the pause.
 */
export function every(
  pauseMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: ReturnType<typeof globalThis.setTimeout> | undefined;
  const turn = async (): Promise<void> => {
    if (document.visibilityState === 'visible') {
      try {
        await work(signal);
      } catch (error) {
        if (!signal.aborted) failed(error);
      }
    }
    if (!signal.aborted) timer = globalThis.setTimeout(() => void turn(), pauseMs);
  };
  void turn();
  return () => {
    stopping.abort();
    globalThis.clearTimeout(timer);
  };
}

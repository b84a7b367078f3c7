import { liveEvents } from './live-state.ts';

/** How it stands with the line to the server. */
export type Line = 'opening' | 'open' | 'lost' | 'offline';

/** What is told of a stream. */
export type StreamHearer = {
  readonly onLine: (line: Line) => void;
  readonly onEvent: (event: (typeof liveEvents)[number], data: string) => void;
};

/** The server says something every 15 seconds: a line that is silent for longer is dead, milliseconds. */
const SILENT_MS = 40_000;
/** Pause before a line is opened again that the browser has given up, milliseconds. */
const AGAIN_MS = 3_000;

/**
 * Reads a stream of server-sent events until the function that it returns is called. The browser comes back by itself, behind the
 * last event that it had; what it gives up, a server that refuses or a line that is dead, is opened anew here.
 */
export function openStream(url: string, { onLine, onEvent }: StreamHearer): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof globalThis.setTimeout> | undefined;
  const isOffline = (): boolean => !navigator.onLine;
  const again = (ms: number): void => {
    globalThis.clearTimeout(timer);
    timer = globalThis.setTimeout(open, ms);
  };
  const hear = (): void => {
    onLine('open');
    again(SILENT_MS);
  };
  function open(): void {
    source?.close();
    source = new EventSource(url);
    again(SILENT_MS);
    source.addEventListener('open', hear);
    for (const event of liveEvents) {
      source.addEventListener(event, (message) => {
        hear();
        onEvent(event, String(message.data));
      });
    }
    source.addEventListener('error', () => {
      onLine(isOffline() ? 'offline' : 'lost');
      if (source?.readyState === EventSource.CLOSED) again(AGAIN_MS);
    });
  }
  const lost = (): void => onLine('offline');
  const back = (): void => {
    onLine('lost');
    open();
  };
  globalThis.addEventListener('offline', lost);
  globalThis.addEventListener('online', back);
  open();
  return () => {
    globalThis.clearTimeout(timer);
    globalThis.removeEventListener('offline', lost);
    globalThis.removeEventListener('online', back);
    source?.close();
  };
}

import { type FeedHealth, readFeedHealth } from './feed-health.ts';
import type { WatchedService } from './read-service.ts';

/** A connector of the portal's member: its feeds, or that it does not answer. */
export type ConnectorState = {
  readonly name: string;
  readonly isAway: boolean;
  readonly feeds: readonly FeedHealth[];
};

const WAIT_MS = 2_000;
/** Longest metrics that are read: a connector says a few hundred bytes of each feed. */
const BYTES_MAX = 256 * 1024;
/** Whoever looks meanwhile sees the same: a connector is asked as often as that, whoever looks. */
const AGE_MS_MAX = 5_000;

/** Reads what connectors say of the feeds of one member's sources, newly or as of a moment ago. */
export function feedReader(
  watched: readonly WatchedService[],
  mspId: string,
  now: () => Date,
): () => Promise<readonly ConnectorState[]> {
  let read: { readonly atMs: number; readonly states: Promise<ConnectorState[]> } | undefined;
  return () => {
    const atMs = now().getTime();
    if (read === undefined || atMs - read.atMs >= AGE_MS_MAX) {
      read = { atMs, states: Promise.all(watched.map((one) => readConnector(one, mspId))) };
    }
    return read.states;
  };
}

async function readConnector(
  { name, url }: WatchedService,
  mspId: string,
): Promise<ConnectorState> {
  try {
    const answer = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(WAIT_MS) });
    const text = answer.ok ? await textOf(answer) : undefined;
    if (text !== undefined) return { name, isAway: false, feeds: readFeedHealth(text, mspId) };
  } catch {
    // A connector that is away is what is to be shown.
  }
  return { name, isAway: true, feeds: [] };
}

/** Undefined where there is more than is read. */
async function textOf({ body }: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

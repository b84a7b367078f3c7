import { readSamples, type Sample } from './metrics-text.ts';

/** A service of this member's that the pages look at: its name, and the base of its health endpoints. */
export type WatchedService = { readonly name: string; readonly url: string };

/** How a service is. */
export type ServiceState = {
  readonly name: string;
  /** `away`: it does not answer. `troubled`: it says that it cannot do its work. */
  readonly state: 'ready' | 'troubled' | 'away';
  /** Why, in its words. */
  readonly why: string | undefined;
  readonly samples: readonly Sample[];
};

const WAIT_MS = 2_000;
const WHY_LENGTH_MAX = 300;

/** Asks a service how it is, and what it measures. */
export async function readService({ name, url }: WatchedService): Promise<ServiceState> {
  const get = (path: string): Promise<Response | undefined> =>
    fetch(new URL(path, url), { signal: AbortSignal.timeout(WAIT_MS) }).catch(
      // A service that is away is what is to be shown.
      () => undefined,
    );
  const [ready, metrics] = await Promise.all([get('/readyz'), get('/metrics')]);
  if (ready === undefined) return { name, state: 'away', why: undefined, samples: [] };
  const samples = metrics?.ok === true ? readSamples(await metrics.text()) : [];
  if (ready.ok) return { name, state: 'ready', why: undefined, samples };
  const why = /"why":"((?:[^"\\]|\\.)*)"/.exec(await ready.text())?.[1];
  return { name, state: 'troubled', why: why?.slice(0, WHY_LENGTH_MAX), samples };
}

/** Reads `listener=http://127.0.0.1:9101,batch=…`. Throws RangeError where it is not of that shape. */
export function parseWatched(text: string): WatchedService[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, name = '', url = ''] =
        /^\s*([a-z][a-z0-9-]*)=(https?:\/\/\S+?)\s*$/.exec(part) ?? [];
      if (url === '') throw new RangeError(`"${part.trim()}" is not name=http://…`);
      return { name, url };
    });
}

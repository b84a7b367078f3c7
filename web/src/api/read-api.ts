import type { LiveFigures, LiveHeight } from '@passport/model';

import { liveFigures, liveHeight } from './live-answers.ts';

/** How long a page waits for the serving API, milliseconds: it is shown without what is late. */
const WAIT_MS = 3_000;

/** Reads what the serving API tells everybody. */
export type PublicApi = {
  /** Undefined while nothing was released, or the API is away. */
  figures(): Promise<LiveFigures | undefined>;
  /** Undefined while it is away. */
  height(): Promise<LiveHeight | undefined>;
};

/** The serving API at a base URL. */
export function publicApi(base: string): PublicApi {
  const read = async <T>(
    path: string,
    schema: { parse(value: unknown): T },
  ): Promise<T | undefined> => {
    const url = new URL(path, base);
    const response = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) }).catch(
      // Away is a state that pages show; who watches the API hears of it there.
      () => undefined,
    );
    return response?.ok === true ? schema.parse(await response.json()) : undefined;
  };
  return {
    figures: () => read('/v1/live/figures', liveFigures),
    height: () => read('/v1/status', liveHeight),
  };
}

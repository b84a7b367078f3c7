import type { LiveFigures, LiveHeight } from '@passport/model';

import { type AnswerSchema, apiReader } from '../http/api-reader.ts';
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
  const ask = apiReader(base, fail, WAIT_MS);
  const read = async <Value>(path: string, schema: AnswerSchema<Value>) => {
    const answer = await ask(path, schema);
    return answer.is === 'there' ? answer.value : undefined;
  };
  return {
    figures: () => read('v1/live/figures', liveFigures),
    height: () => read('v1/status', liveHeight),
  };
}

/** What cannot be read is a bug of one of the two servers: the page is none. */
function fail(error: unknown): never {
  throw error;
}

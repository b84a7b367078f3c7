import { PassportError } from '@passport/model';

/** Names the part of a request that is to blame for what `run` refuses. */
export async function blame<T>(pointer: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof PassportError)) throw error;
    throw new PassportError(error.code, error.detail, pointer);
  }
}

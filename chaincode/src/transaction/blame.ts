import { PassportError } from '@passport/model';

/**
 * Runs something, and leads an error of its to the part of the request that is to blame. Throws what it
 * throws; a PassportError with the pointer.
 */
export async function blame<T>(pointer: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof PassportError)) throw error;
    throw new PassportError(error.code, error.detail, pointer);
  }
}

import { status } from '@grpc/grpc-js';

import { RpcError } from '../gateway/rpc-error.ts';

/**
 * The result of the work, unless the client's deadline passes or it hangs up first: then a
 * DEADLINE_EXCEEDED with the given text, as a gateway answers. The work itself goes on to its end.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  signal: AbortSignal,
  text: string,
): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new RpcError(status.DEADLINE_EXCEEDED, text));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    // The race listens to the work even when it has lost: a late failure is nobody's any more.
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

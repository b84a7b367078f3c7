import { status } from '@grpc/grpc-js';

import { RpcError } from './rpc-error.ts';

/**
 * The result of the work, unless the client's deadline passes or it hangs up first: then a
 * DEADLINE_EXCEEDED with the given text, as a gateway answers. The work itself goes on to its end.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  signal: AbortSignal,
  text: string,
): Promise<T> {
  if (signal.aborted) throw new RpcError(status.DEADLINE_EXCEEDED, text);
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new RpcError(status.DEADLINE_EXCEEDED, text));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

import type { Writable } from 'node:stream';

/** Writes one message; resolves when the stream can take the next, or is gone. */
export async function writeOrWait<T>(
  stream: Pick<Writable, 'once' | 'off' | 'destroyed'> & { write(message: T): boolean },
  message: T,
): Promise<void> {
  if (stream.destroyed || stream.write(message)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'cancelled']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'cancelled']) stream.once(event, done);
  });
}

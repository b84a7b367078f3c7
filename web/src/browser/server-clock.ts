import { systemNow } from '@passport/runtime';

/** How long the server may take to say its time. */
const ANSWER_MS = 5_000;
/** A header has whole seconds, and answers take their time: what is off by less is right. */
const RIGHT_MS = 2_000;

type Clock = () => Date;

/**
 * A clock that goes as fast as the device's, and shows the server's time: a device whose clock is wrong would sign
 * proofs that are over, or not valid yet, and be locked out.
 */
export function clockOf(serverTime: Date, device: Clock = systemNow): Clock {
  const aheadMs = serverTime.getTime() - device().getTime();
  return () => new Date(device().getTime() + aheadMs);
}

/**
 * Asks a server for its time by the header `Date` (RFC 9110, section 6.6.1) of an answer that no cache gave. The
 * device's own clock where that is right, or the server says none, or does not answer: what is asked next will tell.
 */
export async function readServerClock(
  url: URL | string,
  device: Clock = systemNow,
  ask: typeof fetch = fetch,
): Promise<Clock> {
  const askedMs = device().getTime();
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await ask(url, { method: 'HEAD', cache: 'no-store', signal }).catch(
    () => undefined,
  );
  const saidMs = Date.parse(response?.headers.get('Date') ?? '');
  const middleMs = (askedMs + device().getTime()) / 2;
  if (Number.isNaN(saidMs) || Math.abs(saidMs - middleMs) < RIGHT_MS) return device;
  return () => new Date(device().getTime() + saidMs - middleMs);
}

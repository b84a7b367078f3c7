import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** Longest text that is left. */
const BODY_BYTES_MAX = 64 * 1024;
/** A meeting is forgotten after so long. */
const MEETING_MS = 60 * 60 * 1000;
/** Meetings at the same time, at most: beyond it the oldest is forgotten. */
const MEETINGS_MAX = 10_000;

const sides = ['seller', 'buyer'] as const;
type Side = (typeof sides)[number];

type Meeting = { readonly since: number; readonly left: Map<Side, string> };

/**
 * Where two browsers leave texts for each other while a car changes hands. Who knows the code, which only the other
 * person's screen has shown, may read and write; nothing here is a secret, and all that counts is signed or sealed by the
 * two. It lies in memory: after a restart they begin again.
 */
export function rendezvous(now: () => Date): Hono {
  const meetings = new Map<string, Meeting>();
  const app = new Hono();
  const path = '/rendezvous/:code{[A-Za-z0-9_-]{22}}/:side{seller|buyer}';
  app.put(path, bodyLimit({ maxSize: BODY_BYTES_MAX }), async (context) => {
    const { code, side } = context.req.param();
    const at = now().getTime();
    forget(meetings, at);
    const meeting = meetings.get(code) ?? { since: at, left: new Map<Side, string>() };
    meeting.left.set(sideOf(side), await context.req.text());
    meetings.set(code, meeting);
    return context.body(null, 204);
  });
  app.get(path, (context) => {
    const { code, side } = context.req.param();
    forget(meetings, now().getTime());
    const text = meetings.get(code)?.left.get(sideOf(side));
    if (text === undefined) return context.body(null, 204);
    return context.body(text, 200, {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
    });
  });
  return app;
}

function sideOf(text: string | undefined): Side {
  const side = sides.find((each) => each === text);
  if (side !== undefined) return side;
  throw new RangeError(`a meeting has no side ${String(text)}`);
}

/** Meetings are in the order in which they began. */
function forget(meetings: Map<string, Meeting>, now: number): void {
  for (const [code, { since }] of meetings) {
    if (now - since < MEETING_MS && meetings.size <= MEETINGS_MAX) return;
    meetings.delete(code);
  }
}

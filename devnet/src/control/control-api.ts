import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';

import { SnapshotError } from '../ledger/ledger.ts';

/** How a devnet stands. */
export type DevnetStatus = {
  readonly channel: string;
  /** Number of blocks. */
  readonly height: number;
  /** Hash of the newest block's header, hexadecimal. */
  readonly headerHash: string;
  /** Envelopes that wait for their block. */
  readonly pending: number;
  readonly automaticCutting: boolean;
  readonly clock: { readonly offsetMs: number; readonly now: string };
  readonly snapshots: readonly string[];
};

/** What a developer can do to a devnet that no client of a real network could. */
export interface DevnetControls {
  status(): Promise<DevnetStatus>;
  /** Makes a block of what waits, if anything does. */
  cut(): Promise<void>;
  setAutomaticCutting(automatic: boolean): void;
  /** Runs the devnet's clock this far ahead of the system's, or behind it. */
  shiftClock(offsetMs: number): void;
  saveSnapshot(name: string): Promise<void>;
  /** Puts the ledger back; what waits for a block is committed first, and undone with the rest. */
  restoreSnapshot(name: string): Promise<void>;
  /** Why a transaction is invalid, as JSON; undefined when it is valid or unknown. */
  explain(txId: string): string | undefined;
}

const cutting = z.strictObject({ automatic: z.boolean() });
const clock = z.union([
  z.strictObject({ offsetMs: z.int() }),
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
]);

/** Host names under which tools of this machine call. */
const LOOPBACK = new Set(['127.0.0.1', 'localhost']);

/** How far the clock may be shifted, either way: 100 years, so that it stays one of dates. */
const CLOCK_OFFSET_MS_MAX = 100 * 366 * 86_400_000;

/**
 * Developer controls over HTTP, as Hardhat has them over JSON-RPC. There is no authentication:
 * they listen on the loopback interface only, and only when the configuration asks for them.
 */
export function controlApi(controls: DevnetControls, systemNow: () => Date): Hono {
  const api = new Hono();
  // Any page in a developer's browser can send requests here: they come with an origin, or under
  // the page's own host name. Tools send neither.
  api.use(async (context, next) => {
    const host = new URL(context.req.url).hostname;
    if (context.req.header('origin') !== undefined || !LOOPBACK.has(host)) {
      throw new HTTPException(403, { message: 'the controls are for tools on this machine' });
    }
    await next();
  });
  api.get('/status', async (context) => context.json(await controls.status()));
  api.post('/cut', async (context) => {
    await controls.cut();
    return context.json(await controls.status());
  });
  api.put('/cutting', async (context) => {
    controls.setAutomaticCutting(parse(cutting, await bodyOf(context.req.raw)).automatic);
    return context.json(await controls.status());
  });
  api.put('/clock', async (context) => {
    const wanted = parse(clock, await bodyOf(context.req.raw));
    const offsetMs =
      'offsetMs' in wanted
        ? wanted.offsetMs
        : new Date(wanted.now).getTime() - systemNow().getTime();
    if (Math.abs(offsetMs) > CLOCK_OFFSET_MS_MAX) {
      const message = 'offsetMs or now: the clock can be shifted by 100 years at most';
      throw new HTTPException(400, { message });
    }
    controls.shiftClock(offsetMs);
    return context.json(await controls.status());
  });
  api.put('/snapshots/:name', async (context) => {
    await controls.saveSnapshot(context.req.param('name'));
    return context.json(await controls.status(), 201);
  });
  api.post('/snapshots/:name/restore', async (context) => {
    await controls.restoreSnapshot(context.req.param('name'));
    return context.json(await controls.status());
  });
  api.get('/transactions/:txId/explanation', (context) => {
    const explanation = controls.explain(context.req.param('txId'));
    if (explanation === undefined) {
      throw new HTTPException(404, { message: 'no invalid transaction of this id' });
    }
    return context.body(explanation, 200, { 'content-type': 'application/json' });
  });
  api.notFound((context) => {
    const routes = api.routes.map(({ method, path }) => `${method} ${path}`);
    const asked = `${context.req.method} ${context.req.path}`;
    return problem(404, `there is no ${asked}; there are ${routes.join(', ')}`);
  });
  api.onError((error, context) => {
    if (error instanceof HTTPException) {
      return problem(error.status, error.message);
    }
    if (error instanceof SnapshotError) {
      return problem(error.code === 'DEVNET_SNAPSHOT_NAME' ? 400 : 404, error.message);
    }
    return problem(500, context.error?.message ?? 'the devnet failed');
  });
  return api;
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new HTTPException(400, { message: z.prettifyError(parsed.error) });
}

async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new HTTPException(400, { message: 'the body must be JSON' });
  }
}

/** Problem details, RFC 9457. */
function problem(code: number, detail: string): Response {
  return Response.json(
    { type: 'about:blank', status: code, detail },
    { status: code, headers: { 'content-type': 'application/problem+json' } },
  );
}

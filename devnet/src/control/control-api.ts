import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';

import { SnapshotError } from '../ledger/ledger.ts';

/** What a developer can do to a devnet that no client of a real network could. */
export interface DevnetControls {
  status(): {
    readonly channel: string;
    readonly height: number;
    readonly headerHash: string;
    readonly pending: number;
    readonly automaticCutting: boolean;
    readonly clockOffsetMs: number;
    readonly snapshots: readonly string[];
  } | Promise<unknown>;
  cut(): Promise<{ readonly height: number }>;
  setAutomaticCutting(automatic: boolean): void;
  setClock(offsetMs: number): void;
  now(): Date;
  saveSnapshot(name: string): Promise<void>;
  restoreSnapshot(name: string): Promise<void>;
  /** JSON text; undefined when the transaction is valid or unknown. */
  explain(txId: string): string | undefined;
}

const cutting = z.strictObject({ automatic: z.boolean() });
const clock = z.union([
  z.strictObject({ offsetMs: z.int() }),
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
]);

/**
 * Developer controls over HTTP, as Hardhat has them over JSON-RPC. There is no authentication:
 * they listen on the loopback interface only, and only when the configuration asks for them.
 */
export function controlApi(controls: DevnetControls, systemNow: () => Date): Hono {
  const api = new Hono();
  api.get('/status', async (context) => context.json(await controls.status()));
  api.post('/cut', async (context) => context.json(await controls.cut()));
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
    controls.setClock(offsetMs);
    return context.json({ offsetMs, now: controls.now().toISOString() });
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
  api.onError((error, context) => {
    if (error instanceof HTTPException) {
      return problem(error.status, error.message);
    }
    if (error instanceof SnapshotError) return problem(404, error.message);
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

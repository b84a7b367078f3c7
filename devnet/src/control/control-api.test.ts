import { beforeEach, describe, expect, test } from 'vitest';

import { SnapshotError } from '../ledger/ledger.ts';
import { ShiftedClock } from './clock.ts';
import { controlApi, type DevnetControls, type DevnetStatus } from './control-api.ts';

const NOW = new Date('2026-05-01T00:00:00Z');

/** Controls that note what they are asked for. */
class TestControls implements DevnetControls {
  readonly calls: string[] = [];
  readonly clock = new ShiftedClock(() => NOW);

  status(): Promise<DevnetStatus> {
    return Promise.resolve({
      channel: 'passport',
      height: 3,
      headerHash: 'ab',
      pending: 0,
      automaticCutting: true,
      clock: { offsetMs: this.clock.offsetMs, now: this.clock.now().toISOString() },
      snapshots: ['one'],
    });
  }

  cut(): Promise<void> {
    return this.#note('cut');
  }

  setAutomaticCutting(automatic: boolean): void {
    this.calls.push(`automatic ${automatic}`);
  }

  shiftClock(offsetMs: number): void {
    this.clock.shift(offsetMs);
  }

  saveSnapshot(name: string): Promise<void> {
    if (name === 'BAD')
      return Promise.reject(new SnapshotError('DEVNET_SNAPSHOT_NAME', 'a-z only'));
    return this.#note(`save ${name}`);
  }

  restoreSnapshot(name: string): Promise<void> {
    if (name === 'one') return this.#note(`restore ${name}`);
    return Promise.reject(new SnapshotError('DEVNET_SNAPSHOT_UNKNOWN', `no snapshot ${name}`));
  }

  explain(txId: string): string | undefined {
    return txId === 'bad' ? '{"code":"MVCC_READ_CONFLICT"}' : undefined;
  }

  #note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

let controls: TestControls;

beforeEach(() => {
  controls = new TestControls();
});

async function request(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; type: string | null; json: Record<string, unknown> }> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await controlApi(controls, () => NOW).request(path, init);
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, type: response.headers.get('content-type'), json };
}

describe('what can be asked for', () => {
  test('the status, a block, manual and automatic cutting', async () => {
    expect((await request('GET', '/status')).json).toMatchObject({
      channel: 'passport',
      height: 3,
    });
    expect((await request('POST', '/cut')).json).toMatchObject({ height: 3 });
    expect((await request('PUT', '/cutting', { automatic: false })).status).toBe(200);
    expect(controls.calls).toEqual(['cut', 'automatic false']);
  });

  test('the clock, by offset and by time', async () => {
    await request('PUT', '/clock', { offsetMs: -1_000 });
    expect(controls.clock.offsetMs).toBe(-1_000);
    const { json } = await request('PUT', '/clock', { now: '2026-05-02T02:00:00+02:00' });
    expect(json.clock).toEqual({ offsetMs: 86_400_000, now: '2026-05-02T00:00:00.000Z' });
  });

  test('snapshots', async () => {
    expect((await request('PUT', '/snapshots/two')).status).toBe(201);
    expect((await request('POST', '/snapshots/one/restore')).status).toBe(200);
    expect(controls.calls).toEqual(['save two', 'restore one']);
  });

  test('why a transaction is invalid', async () => {
    const { json } = await request('GET', '/transactions/bad/explanation');
    expect(json).toEqual({ code: 'MVCC_READ_CONFLICT' });
  });
});

describe('what is refused, with problem details that say what to do', () => {
  test.each<
    [what: string, method: string, path: string, body: unknown, status: number, detail: RegExp]
  >([
    ['cutting without a body', 'PUT', '/cutting', undefined, 400, /must be JSON/],
    ['cutting that is no boolean', 'PUT', '/cutting', { automatic: 1 }, 400, /automatic/],
    ['an unknown setting', 'PUT', '/cutting', { automatic: true, x: 1 }, 400, /x/],
    ['a clock without a time', 'PUT', '/clock', {}, 400, /offsetMs|Invalid/],
    ['a time that is none', 'PUT', '/clock', { now: 'noon' }, 400, /now|Invalid/],
    ['an offset beyond dates', 'PUT', '/clock', { offsetMs: 2 ** 53 - 1 }, 400, /offsetMs|Invalid/],
    ['a time too far', 'PUT', '/clock', { now: '9999-12-31T00:00:00Z' }, 400, /100 years/],
    ['a bad name', 'PUT', '/snapshots/BAD', undefined, 400, /a-z only/],
    ['an unknown snapshot', 'POST', '/snapshots/two/restore', undefined, 404, /no snapshot two/],
    ['a valid transaction', 'GET', '/transactions/good/explanation', undefined, 404, /no invalid/],
    ['an unknown route', 'GET', '/reset', undefined, 404, /GET \/status/],
    ['a route with another method', 'GET', '/cut', undefined, 404, /POST \/cut/],
  ])('%s', async (_what, method, path, body, status, detail) => {
    const answer = await request(method, path, body);
    expect(answer).toMatchObject({
      status,
      type: 'application/problem+json',
      json: { type: 'about:blank', status },
    });
    expect(answer.json.detail).toMatch(detail);
    expect(controls.calls).toEqual([]);
    expect(controls.clock.offsetMs).toBe(0);
  });
});

test.each([
  ['a page of another site', { origin: 'https://elsewhere.example' }, 'http://localhost/cut'],
  ['a name that leads to the loopback interface', {}, 'http://rebound.example/cut'],
])('%s is refused, and nothing is done', async (_what, headers, url) => {
  const response = await controlApi(controls, () => NOW).request(url, { method: 'POST', headers });
  expect(response.status).toBe(403);
  expect(controls.calls).toEqual([]);
});

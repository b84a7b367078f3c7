import { join } from 'node:path';

import {
  type EventInput,
  parse,
  parseDay,
  parseEventId,
  reason,
  sealClear,
  type Vid,
} from '@passport/model';
import type { LedgerBlock } from '@passport/oracle';
import {
  consortium,
  freeAddress,
  PassportFixture,
  startDevnetProcess,
  startPassportServer,
  temporaryFolder,
} from '@passport/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runPassport } from '../program.ts';
import { type Served, serveOracle } from '../testing/oracle-api.ts';

const STOP_MS = 5_000;

const closers: (() => unknown)[] = [];
let profile = '';
let blocks: LedgerBlock[] = [];
let vids: Vid[] = [];

function event(id: string, vid: Vid, more: Partial<EventInput>): EventInput {
  return {
    id: parseEventId(id),
    vid,
    kind: 'trip',
    at: parseDay('2026-01-10'),
    method: 'connected-car',
    ...more,
  };
}

/** Two vehicles, trips and readings of two sources, one of which is voided. */
async function record(fixture: PassportFixture): Promise<number> {
  vids = await fixture.registerVehicles(2);
  const [red, blue] = vids;
  if (red === undefined || blue === undefined) throw new Error('no vehicles were registered');
  const { MakerMSP, GarageMSP } = fixture.members;
  const trip = sealClear({ 'Vehicle.TripMeterReading': 12_345 });
  await MakerMSP.user.passport.recordEvents({
    ...{ commandId: fixture.commandId(), source: MakerMSP.source },
    events: [
      event('trip-1', red, { sealed: trip, odometerKm: 100 }),
      event('trip-2', blue, { sealed: trip }),
      event('wrong', red, { odometerKm: 900_000, at: parseDay('2026-01-11') }),
    ],
  });
  await GarageMSP.user.passport.recordEvents({
    ...{ commandId: fixture.commandId(), source: GarageMSP.source },
    events: [event('read', red, { kind: 'mileage', odometerKm: 150, at: parseDay('2026-01-12') })],
  });
  const { blockNumber } = await MakerMSP.user.passport.voidEvent({
    ...{ commandId: fixture.commandId(), source: MakerMSP.source, vid: red },
    ...{
      id: parseEventId('void-1'),
      at: parseDay('2026-01-12'),
      reason: parse(reason, 'mistyped'),
    },
    event: { source: MakerMSP.source, entry: 1, index: 1 },
  });
  return Number(blockNumber);
}

beforeAll(async () => {
  const folder = await temporaryFolder('verify');
  closers.push(() => folder.remove());
  const server = { address: await freeAddress(), packageId: 'passport' };
  const contracts = await startPassportServer(server);
  closers.push(() => contracts.stop(STOP_MS));
  const devnet = await startDevnetProcess({
    directory: folder.path,
    organisations: consortium.map((member) => ({
      ...member,
      chaincodes: { passport: server.address },
    })),
    batch: { timeoutMs: 20 },
    logLevel: 'warn',
  });
  closers.push(() => devnet.stop(STOP_MS));
  profile = join(folder.path, 'network.json');
  const fixture = await PassportFixture.found(devnet.profile);
  closers.push(() => fixture.close());
  const last = await record(fixture);
  const { network } = fixture.members.GarageMSP.ledger;
  const stream = await network.getBlockEvents({ startBlock: 0n });
  for await (const block of stream) {
    blocks = [...blocks, block];
    if (block.getHeader()?.getNumber() === last) break;
  }
  stream.close();
});

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function verify(argv: readonly string[], change?: (served: Served) => Served) {
  const api = await serveOracle(blocks, change);
  const shown = { out: '', error: '', code: -1 };
  try {
    const where = ['--api', api.url, '--profile', profile, '--msp', 'GarageMSP'];
    await runPassport(['verify', ...where, ...argv], {
      print: (text) => void (shown.out += text),
      printError: (text) => void (shown.error += text),
      exitWith: (code) => void (shown.code = code),
    });
  } finally {
    await api.close();
  }
  return shown;
}

describe('passport verify, on a devnet', () => {
  test('reads the contracts’ own writes, and finds every answer right', async () => {
    const shown = await verify([]);
    expect(shown).toMatchObject({ code: 0, error: '' });
    const lines = shown.out.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('ok  '))).toEqual([]);
    expect(lines.filter((line) => line.includes('vehicle '))).toHaveLength(2);
  });

  test('the oracle reads what the contracts mean', async () => {
    const seen: unknown[] = [];
    const keep = (served: Served): Served => {
      seen.push((served.body as { readonly rows: unknown }).rows);
      return served;
    };
    const metrics = ['--metrics', 'readings,kmDriven,rollbacks,vehicles,contributors'];
    expect(await verify(['--view', 'mileage', ...metrics], keep)).toMatchObject({ code: 0 });
    const trips = ['--view', 'usage', '--metrics', 'trips,distanceM', '--by', 'sourceKind'];
    expect(await verify(trips, keep)).toMatchObject({ code: 0 });
    expect(seen).toEqual([[[2, 50, 0, 1, 2]], [['workshop', 2, 24_690]]]);
  });

  test('ends with 1 when an answer differs', async () => {
    const spoil = ({ status, body }: Served): Served => ({
      status,
      body: { ...(body as object), owners: 7 },
    });
    const shown = await verify(['--vid', vids[0] ?? '', '--json'], spoil);
    expect(shown).toMatchObject({ code: 1, error: '' });
    const line = JSON.parse(shown.out) as unknown;
    expect(line).toMatchObject({ result: 'differs', at: 'owners', api: '7', ledger: '0' });
  });

  test('ends with 2 when the answer is ahead of the ledger, or sold', async () => {
    const ahead = (): Served => ({ status: 200, body: { block: 10_000 } });
    const query = ['--view', 'usage', '--wait', '300'];
    expect(await verify(query, ahead)).toMatchObject({
      code: 2,
      error: expect.stringMatching(/^LEDGER_BEHIND: /) as string,
    });
    const sold = (): Served => ({ status: 402, body: { code: 'PAYMENT_REQUIRED' } });
    expect(await verify(query, sold)).toMatchObject({
      code: 2,
      error: expect.stringMatching(/developer flag/) as string,
    });
  });
});

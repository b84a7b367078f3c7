import type { LedgerBlock } from '@passport/oracle';
import { TestLedger } from '@passport/oracle/testing';

import type { BlockStream } from '../verify/ledger-history.ts';

/** Vehicles of {@link smallLedger}. */
export const vids = ['a', 'b', 'c'].map((letter) => letter.repeat(26));

/** A few blocks with something for each view. */
export function smallLedger(): LedgerBlock[] {
  const ledger = new TestLedger();
  const source = 'GarageMSP/workshop';
  ledger.add(
    '2026-02-01T10:00:00Z',
    ledger.source(source, 'workshop'),
    ...vids.map((vid) => ledger.vehicle(vid, { 'Vehicle.VehicleIdentification.Brand': 'Bénz' })),
  );
  for (const [day, vid] of vids.entries()) {
    const at = `2026-01-0${day + 1}`;
    const trip = { 'Vehicle.TripMeterReading': 1000 * (day + 1) };
    const jobs = { 'Passport.Intervention.Jobs': 'oil,brakes' };
    ledger.add(
      `2026-02-01T10:0${day + 1}:00Z`,
      ledger.entry(
        vid,
        source,
        { kind: 'trip', at, odometerKm: 10 * day, fields: trip, quality: 333 },
        { kind: 'mileage', at, odometerKm: 10 * day + 3 },
        { kind: 'intervention', at, fields: jobs },
        { kind: 'incident', at, state: 'damaged' },
      ),
    );
  }
  const voids = { entry: 1, index: 1 };
  ledger.add(
    '2026-02-01T10:30:00Z',
    ledger.entry(vids[0] ?? '', source, { kind: 'voided', at: '2026-02-01', voids }),
  );
  return ledger.chain.blocks;
}

/** These blocks as a stream that waits for more behind them, until it is closed. */
export async function streamOf(blocks: readonly LedgerBlock[]): Promise<BlockStream> {
  let close = (): void => {};
  const closed = new Promise<void>((done) => {
    close = done;
  });
  return {
    close: () => close(),
    async *[Symbol.asyncIterator]() {
      yield* blocks;
      await closed;
    },
  };
}

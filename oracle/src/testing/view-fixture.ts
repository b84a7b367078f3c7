import { readChain } from '../history/growing-history.ts';
import { answerView, type ViewAnswer, type ViewQuestion } from '../views/answer-view.ts';
import { type TestEvent, TestLedger } from './test-ledger.ts';

/** Three vehicles. */
export const [red, blue, grey] = ['a', 'b', 'c'].map((letter) => letter.repeat(26)) as [
  string,
  string,
  string,
];
/** Two sources. */
export const garage = 'GarageMSP/workshop';
export const maker = 'MakerMSP/fleet';

/** A ledger with two sources and three vehicles; `grey` has no papers. */
export function started(): TestLedger {
  const ledger = new TestLedger();
  const papers = (brand: string): object => ({
    'Vehicle.VehicleIdentification.Brand': brand,
    'Passport.Region': 'FR-75',
  });
  ledger.add(
    '2026-02-01T10:00:00.000Z',
    ledger.source(garage, 'workshop'),
    ledger.source(maker, 'telematics'),
    ledger.vehicle(red, papers('Benz')),
    ledger.vehicle(blue, papers('Audi')),
    ledger.vehicle(grey),
  );
  return ledger;
}

/** Each event in an entry, and a block, of its own; one minute after the other. */
export function record(
  ledger: TestLedger,
  ...events: readonly [string, string, TestEvent][]
): void {
  for (const [vid, source, event] of events) {
    const minute = String(ledger.chain.blocks.length).padStart(2, '0');
    ledger.add(`2026-02-01T10:${minute}:00.000Z`, ledger.entry(vid, source, event));
  }
}

/** The rows of an answer. */
export async function rows(
  ledger: TestLedger,
  question: ViewQuestion,
  atBlock?: number,
): Promise<ViewAnswer['rows']> {
  const history = await readChain(ledger.chain.blocks, { chaincode: 'passport' });
  return answerView(history, question, atBlock).rows;
}

/** A reading of an odometer. */
export const km = (at: string, odometerKm: number, more: Partial<TestEvent> = {}): TestEvent => ({
  kind: 'mileage',
  at,
  odometerKm,
  ...more,
});
/** Voids an entry of one event. */
export const voids = (entry: number): TestEvent => ({
  kind: 'voided',
  at: '2026-01-31',
  voids: { entry, index: 0 },
});

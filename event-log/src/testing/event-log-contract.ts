import { accidentCases } from './accident-cases.ts';
import { assignmentCases } from './assignment-cases.ts';
import { logFixture, type LogServer } from './log-fixture.ts';
import { positionCases } from './position-cases.ts';
import { readingCases } from './reading-cases.ts';
import { trimmingCases } from './trimming-cases.ts';

/** How long a case may take, in milliseconds: a killed Kafka needs 6 s to come back. */
export const CASE_MS_MAX = 90_000;

/** What every log must do, on whatever server: to be called in a `describe` of each adapter. */
export function eventLogContract(startServer: () => Promise<LogServer>): void {
  const fixture = logFixture(startServer);
  readingCases(fixture);
  assignmentCases(fixture);
  positionCases(fixture);
  trimmingCases(fixture);
  accidentCases(fixture);
}

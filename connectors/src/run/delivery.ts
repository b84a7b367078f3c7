import type { Intake } from '../intake.ts';
import type { Command, Outcome } from '../memory/connector-memory.ts';
import type { Seal } from '../seal.ts';
import { carryOut, type Means } from './carry-out.ts';

/** What it takes to bring events to the ledger. */
export type Delivery = Means & {
  readonly seal: Seal;
  readonly intake: Intake;
  /** Hears of each command that was carried out. */
  readonly onOutcome: (outcome: Outcome) => void;
};

/** Carries a command out that is under way in the memory before it is begun. */
export async function perform(
  command: Command,
  delivery: Omit<Delivery, 'seal' | 'intake'>,
): Promise<void> {
  await delivery.memory.begin(command);
  delivery.onOutcome(await carryOut(command, delivery));
}

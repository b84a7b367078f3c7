import { type LogBook, type Vid, vidOfBytes } from '@passport/chaincode';
import { type Ledger, LedgerError } from '@passport/ledger-client';

import type { BlockFollower } from './block-follower.ts';
import { short } from './block-lines.ts';
import { readExplanation } from './devnet-controls.ts';
import { explanationLines } from './explanation-lines.ts';
import { CHAINCODE, type Member } from './organisations.ts';
import type { Terminal } from './terminal.ts';
import { timelineLines } from './timeline.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the demo needs: connections of each member, and the sandbox's clock and randomness. */
export type DemoContext = {
  readonly terminal: Terminal;
  readonly ledgers: Readonly<Record<Member, Ledger>>;
  readonly blocks: BlockFollower;
  readonly control: string;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
};

/** Shows what the ledger does, with vehicles that nobody has used before. */
export async function runDemo(context: DemoContext): Promise<void> {
  const { terminal } = context;
  const vids = [newVid(context), newVid(context), newVid(context)] as const;
  terminal.headline('The maker registers three vehicles');
  await Promise.all(
    vids.map((vid, index) =>
      submit(context, 'MakerMSP', 'registerVehicle', [vid, day(context, 900 - 100 * index)]),
    ),
  );

  const [rolledBack, contested, quiet] = vids;
  terminal.headline('Members record what they read off the odometers');
  await read(context, 'GarageMSP', rolledBack, 51_320, 420);
  await read(context, 'InsurerMSP', rolledBack, 68_904, 190);
  await read(context, 'MakerMSP', quiet, 12_075, 60);

  terminal.headline('A garage reads less than there was before; nothing is dropped');
  await read(context, 'GarageMSP', rolledBack, 29_500, 2);

  await showConflict(context, contested);
  await showLogBook(context, rolledBack);
}

/** Two members write the same vehicle from the same state: the second one to be ordered loses. */
async function showConflict(context: DemoContext, vid: Vid): Promise<void> {
  const { terminal, ledgers, blocks, control } = context;
  terminal.headline('Two members record at the same moment: one of them conflicts');
  const first = await ledgers.GarageMSP.endorse(reading(context, vid, 30_010, 1));
  const second = await ledgers.InsurerMSP.endorse(reading(context, vid, 30_015, 1));
  const { blockNumber } = await first.submit();
  await blocks.shown(blockNumber);
  const conflict = await second.submit().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(conflict instanceof LedgerError) || conflict.code !== 'TRANSACTION_CONFLICT') {
    throw new Error('the second transaction was to conflict', { cause: conflict });
  }
  // An invalid transaction is in a block like any other.
  await blocks.shown(blockNumber + 1n);
  terminal.line('  The devnet explains it:');
  const explanation = await readExplanation(control, second.transactionId);
  for (const line of explanationLines(explanation)) terminal.line(line);
  terminal.line('  The insurer tries again as a new transaction:');
  await read(context, 'InsurerMSP', vid, 30_015, 1);
}

async function showLogBook({ terminal, ledgers }: DemoContext, vid: Vid): Promise<void> {
  terminal.headline(`The insurer reads the log book of ${vid}`);
  const call = { chaincode: CHAINCODE, transaction: 'readLogBook', args: [vid] };
  const answer = await ledgers.InsurerMSP.evaluate(call);
  // The contract's own answer, which its types describe.
  const logBook = JSON.parse(Buffer.from(answer).toString('utf8')) as LogBook;
  for (const line of timelineLines(logBook, terminal.style)) terminal.line(line);
}

async function read(
  context: DemoContext,
  member: Member,
  vid: Vid,
  odometerKm: number,
  daysAgo: number,
): Promise<void> {
  const { args } = reading(context, vid, odometerKm, daysAgo);
  await submit(context, member, 'recordMileage', args);
}

async function submit(
  { ledgers, blocks }: DemoContext,
  member: Member,
  transaction: string,
  args: readonly string[],
): Promise<void> {
  const { blockNumber } = await ledgers[member].submit({ chaincode: CHAINCODE, transaction, args });
  await blocks.shown(blockNumber);
}

function reading(context: DemoContext, vid: Vid, odometerKm: number, daysAgo: number) {
  const id = `r-${short(Buffer.from(context.randomBytes(4)).toString('hex'))}`;
  const args = [vid, id, String(odometerKm), day(context, daysAgo)] as const;
  return { chaincode: CHAINCODE, transaction: 'recordMileage', args };
}

function newVid({ randomBytes }: DemoContext): Vid {
  return vidOfBytes(randomBytes(16));
}

function day({ now }: DemoContext, daysAgo: number): string {
  return new Date(now().getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10);
}

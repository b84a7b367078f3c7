import type { Vid } from '@passport/model';

import type { BlockShow } from '../block-show.ts';
import { readHeight } from '../devnet-controls.ts';
import { chooseFeeds } from '../feed/choose-feeds.ts';
import { type FeedContext, feedLedger } from '../feed/feed-ledger.ts';
import { keptKey, readNotable, writeNotable } from '../keep.ts';
import { moneyLines } from '../money-lines.ts';
import { organisations } from '../organisations.ts';
import type { Settings } from '../settings.ts';
import { foundConsortium } from '../setup/found-consortium.ts';
import { isMoneyIssued, issueMoney, readBalance, readSupply } from '../setup/issue-money.ts';
import { nameLedger } from '../setup/name-ledger.ts';
import { timelineLines } from '../timeline.ts';
import type { DemoContext } from './demo-context.ts';
import { ownedByCrowd } from '../owners/owned-by-crowd.ts';
import { showConflict } from './show-conflict.ts';
import { showConsent } from './show-consent.ts';
import { showLife } from './show-life.ts';

type Context = DemoContext & FeedContext;

/** Founds the consortium, issues its money, feeds the ledger, and shows what became of it all. */
export async function runDemo(
  context: Context,
  show: BlockShow,
  settings: Settings,
): Promise<void> {
  const { terminal, members, directory, control } = context;
  terminal.headline('The consortium');
  await show.quietly(async () => {
    const { keyId } = await keptKey(directory, 'registry');
    const done = await foundConsortium(members, keyId);
    for (const line of done) terminal.line(`  ${line}`);
    if (!(await isMoneyIssued(members))) await issueMoney(members);
    if (await nameLedger(members, context.now, context.signal)) {
      terminal.line('  two administrators vouched for the name of the ledger: tabs can be opened');
    }
    await context.blocks.shown((await readHeight(control)) - 1n);
  });

  const plan = await chooseFeeds(settings, context);
  terminal.headline(plan.says);
  const before = await readNotable(directory);
  const notable = await show.quietly(async () => {
    const found = await feedLedger(context, plan, before);
    await context.blocks.shown((await readHeight(control)) - 1n);
    return found;
  });
  await writeNotable(directory, notable);

  const { damaged, rolledBack, driven } = notable;
  if (damaged !== null) await showFirstLife(context, damaged);
  if (driven !== null) {
    terminal.headline('One source writes twice at the same moment: one of the two conflicts');
    await showConflict(context, driven);
  }
  const granted = await ownedByCrowd(context, [rolledBack, driven, damaged]);
  if (granted !== undefined) {
    terminal.headline('An owner lets a garage read, and closes it again');
    await showConsent(context, granted);
  }
  await showMoney(context);
  const shown = rolledBack ?? damaged ?? driven;
  if (shown !== null) await showLogBook(context, shown);
  if (damaged !== null && damaged !== shown) await showLogBook(context, damaged);
  terminal.line(`\n  block height ${await readHeight(control)}`);
}

/** Once: afterwards the vehicle is another's, and no wreck any more. */
async function showFirstLife(context: Context, vid: Parameters<typeof showLife>[1]): Promise<void> {
  const { members, terminal } = context;
  const { lifeCycle } = await members.MakerMSP.user.passport.readVehicle({ vid });
  const ownership = await members.MakerMSP.user.consent.readOwnership({ vid });
  if (lifeCycle.state !== 'damaged' || ownership?.ownerEpoch !== 1) return;
  terminal.headline(
    'A damaged vehicle is declared a wreck, repaired, cleared by another expert, sold',
  );
  await showLife(context, vid);
}

async function showLogBook({ terminal, members }: FeedContext, vid: Vid): Promise<void> {
  terminal.headline(`An insurer reads the log book of ${vid}`);
  const logBook = await members.InsurerMSP.user.passport.readLogBook({ vid });
  for (const line of timelineLines(logBook, terminal.style)) terminal.line(line);
}

async function showMoney({ terminal, members }: FeedContext): Promise<void> {
  terminal.headline('The money');
  const holdings = await Promise.all(
    organisations.map(async ({ mspId: member }) => ({
      member,
      pcc: (await readBalance(members, 'PCC', member)).total,
      gold: (await readBalance(members, 'PCC-GOLD', member)).total,
    })),
  );
  const supplies = {
    PCC: await readSupply(members, 'PCC'),
    'PCC-GOLD': await readSupply(members, 'PCC-GOLD'),
  };
  for (const line of moneyLines(holdings, supplies)) terminal.line(line);
}

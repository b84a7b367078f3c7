import { readOwnerView } from '@passport/ledger-client';
import { parseCommandId, type Vid } from '@passport/model';
import { Opener } from '@passport/privacy';

import type { FeedContext } from '../feed/feed-ledger.ts';
import type { MadeUpOwner } from '../owners/owner-crowd.ts';
import type { DemoContext } from './demo-context.ts';
import { openLogBook } from './open-log-book.ts';

type Context = DemoContext & FeedContext;

/** Two people who agree on a sale, and the car. */
export type Sale = { readonly vid: Vid; readonly seller: MadeUpOwner; readonly buyer: MadeUpOwner };

/** Both sign, and a member relays; answers the block. Throws LedgerError when the ledger refuses. */
export async function sell(
  { members, randomBytes }: Context,
  { vid, seller, buyer }: Sale,
): Promise<bigint> {
  const { user } = members.GarageMSP;
  const view = await readOwnerView(user, vid);
  const who = await buyer.resale.prepareToBuy(vid, buyer.keyId);
  const offer = await seller.resale.handOver(view, who);
  const { blockNumber } = await user.passport.transferOwnership({
    commandId: parseCommandId(`demo-${Buffer.from(randomBytes(10)).toString('hex')}`),
    seller: offer.seller,
    buyer: await buyer.resale.takeOver(view, offer.id),
  });
  return blockNumber;
}

/** What the buyer can open of the history that was handed over: the car's, not the seller's life. */
export async function showHistory(context: Context, { vid, buyer }: Sale): Promise<void> {
  const { terminal, members, ledger } = context;
  const { user } = members.GarageMSP;
  const view = await readOwnerView(user, vid);
  const keys = await buyer.resale.openHandOver(view);
  const opener = new Opener({ ledger });
  await buyer.desk.addKeys(opener, view);
  const events = await openLogBook(vid, await user.passport.readLogBook({ vid }), opener);
  terminal.line(`  The buyer opens what was handed over (${keys} keys):`);
  for (const kind of ['intervention', 'incident', 'trip']) {
    const own = events.filter(({ event }) => event.kind === kind);
    const open = own.filter(({ closed }) => closed.length === 0).length;
    const partly = own.filter(({ fields }) => Object.keys(fields).length > 0).length - open;
    const more = partly > 0 ? `, ${partly} in part` : '';
    terminal.line(
      terminal.style.faint(`      ${kind.padEnd(13)} ${open} of ${own.length} open${more}`),
    );
  }
}

import { generateSigningKey, readOwnerView, termsOf } from '@passport/ledger-client';
import { instantOf, RELAY_MAX, type SignedCommand, type Vid } from '@passport/model';
import { readWriteSetOf, transactionsOf } from '@passport/testkit';

import { type Figure, median } from '../figure.ts';
import { type LedgerNetwork, startLedgerNetwork } from '../ledger/ledger-network.ts';
import { makePerson, ownedVehicle, type Person } from './owned-vehicle.ts';

const GRANTS = 1_000;
/** Cars with so many grants, and as many with none. */
const CARS = 3;
/** Machines that run benchmarks are shared: a sale waits for a block, whatever is in it. */
const TIMES_MAX = 2;

type Fixture = LedgerNetwork['fixture'];

/** What a sale came to. */
type Sale = { readonly ms: number; readonly reads: number; readonly writes: number };

/** A resale ends all grants: one transaction, however many there are. */
export async function resaleBench(say: (line: string) => void): Promise<Figure[]> {
  const network = await startLedgerNetwork();
  try {
    const { fixture } = network;
    const none: Sale[] = [];
    const many: Sale[] = [];
    for (let car = 0; car < CARS; car += 1) {
      none.push(await sell(fixture, await ownedVehicle(fixture)));
      const owned = await ownedVehicle(fixture);
      await grantMany(fixture, owned);
      many.push(await sell(fixture, owned));
    }
    return figuresOf(none, many, say);
  } finally {
    await network.stop();
  }
}

function figuresOf(
  none: readonly Sale[],
  many: readonly Sale[],
  say: (line: string) => void,
): Figure[] {
  const compared = (what: 'reads' | 'writes', unit: string): Figure => {
    const [value, baseline] = [median(many.map((sale) => sale[what])), none[0]?.[what] ?? 0];
    const figure = `resale with ${GRANTS} grants: ${what} of its one transaction`;
    return { figure, value, unit, baseline, target: { atMost: baseline } };
  };
  const [value, baseline] = [median(many.map(({ ms }) => ms)), median(none.map(({ ms }) => ms))];
  const figures: Figure[] = [
    compared('reads', 'keys'),
    compared('writes', 'keys'),
    {
      ...{ figure: `resale with ${GRANTS} grants, to its block`, value, unit: 'ms', baseline },
      ...{ ratio: value / baseline, target: { atMost: TIMES_MAX * baseline } },
    },
  ];
  for (const each of figures) {
    say(
      `${each.figure}: ${each.value.toFixed(0)} ${each.unit}, ${each.baseline?.toFixed(0)} with none`,
    );
  }
  return figures;
}

async function grantMany(fixture: Fixture, { vid, desk }: Person & { readonly vid: Vid }) {
  const { user } = fixture.members.MakerMSP;
  const view = await readOwnerView(user, vid);
  const terms = termsOf('claim', instantOf(Date.now()));
  const { keyId } = await generateSigningKey();
  const { publicKey: readerKey } = await generateSigningKey();
  let waiting: SignedCommand[] = [];
  for (let made = 1; made <= GRANTS; made += 1) {
    const { commands } = await desk.grant(view, { grantee: { keyId }, readerKey }, terms);
    waiting.push(...commands);
    if (waiting.length < RELAY_MAX && made < GRANTS) continue;
    await user.consent.relay({ commandId: fixture.commandId(), commands: waiting });
    waiting = [];
  }
  const { length } = (await readOwnerView(user, vid)).grants;
  if (length !== GRANTS) throw new Error(`${length} grants are there, not ${GRANTS}`);
}

/** Sells a car, and looks whether its grants are dead with that one transaction. */
async function sell(fixture: Fixture, owned: Person & { readonly vid: Vid }): Promise<Sale> {
  const { user, ledger } = fixture.members.MakerMSP;
  const { vid } = owned;
  const view = await readOwnerView(user, vid);
  const buyer = await makePerson(fixture);
  const who = await buyer.resale.prepareToBuy(vid, buyer.keyId);
  const { id, seller } = await owned.resale.handOver(view, who);
  const command = { seller, buyer: await buyer.resale.takeOver(view, id) };
  const startedMs = performance.now();
  const { blockNumber, transactionId } = await user.passport.transferOwnership({
    commandId: fixture.commandId(),
    ...command,
  });
  const ms = performance.now() - startedMs;
  const left = (await user.consent.readGrants({ vid })).length;
  if (left > 0) throw new Error(`${left} grants have outlived the sale`);
  const stream = await ledger.network.getBlockEvents({ startBlock: blockNumber });
  try {
    for await (const block of stream) {
      const sold = transactionsOf(block).find(({ txId }) => txId === transactionId);
      if (sold === undefined) throw new Error('the sale is not in its block');
      const lines = readWriteSetOf(sold.envelope).filter((line) => line.startsWith('passport: '));
      const count = (what: RegExp): number => lines.filter((line) => what.test(line)).length;
      return { ms, reads: count(/: (read|range) /), writes: count(/: (write|delete) /) };
    }
  } finally {
    stream.close();
  }
  throw new Error('the peer has delivered no block');
}

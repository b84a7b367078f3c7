import { join } from 'node:path';

import {
  KeyRing,
  type OwnerView,
  readOwnerView,
  type TermsOfGrant,
  termsOf,
} from '@passport/ledger-client';
import {
  type CommandId,
  type GrantTemplateName,
  instantOf,
  parseCommandId,
  parseMspId,
  type SignedCommand,
} from '@passport/model';
import { MARKET, type Member, type MadeUpOwner } from '@passport/sandbox';

import type { Car } from './cars.ts';
import { someName, type World } from './start-world.ts';

/** Who relays what owners sign: a member that has no part in it. */
const RELAY = 'AssistanceMSP' satisfies Member;

/** A grant that was made. */
export type Granted = {
  readonly grantId: CommandId;
  readonly commands: readonly SignedCommand[];
  readonly block: number;
};

/** What the ledger says of a car to its owner. */
export function viewOf(world: World, { vid }: Pick<Car, 'vid'>): Promise<OwnerView> {
  return readOwnerView(world.members[RELAY].user, vid);
}

/** The keys that a member reads with. The market has those of the listener. */
export function ringOf(world: World, member: Member): Promise<KeyRing> {
  const folder = member === MARKET ? 'market-keys' : `${member}-keys`;
  return KeyRing.open(join(world.directory, folder));
}

/** The terms of a template, from now on. */
export function terms(world: World, name: GrantTemplateName): TermsOfGrant {
  return termsOf(name, instantOf(world.now().getTime()));
}

/** An owner grants a member what the terms say; the key is the member's, for this one car. */
export async function grant(
  world: World,
  car: Pick<Car, 'vid' | 'owner'>,
  to: Member,
  granted: TermsOfGrant,
): Promise<Granted> {
  const { publicKey: readerKey } = await (await ringOf(world, to)).make(car.vid);
  const reader = { grantee: { mspId: parseMspId(to) }, readerKey };
  const { grantId, commands } = await car.owner.desk.grant(
    await viewOf(world, car),
    reader,
    granted,
  );
  return { grantId, commands, block: await relay(world, commands) };
}

/** An owner ends a grant; answers the block. */
export async function revoke(
  world: World,
  car: Pick<Car, 'vid' | 'owner'>,
  { grantId }: Pick<Granted, 'grantId'>,
): Promise<number> {
  return relay(world, await car.owner.desk.revoke(await viewOf(world, car), grantId));
}

/** Has a member relay what was signed, in order; answers the last block. */
export async function relay(world: World, commands: readonly SignedCommand[]): Promise<number> {
  let last = 0n;
  for (const command of commands) {
    const commandId = parseCommandId(`relay-${someName()}`);
    const relayed = await world.members[RELAY].user.consent.relay({
      commandId,
      commands: [command],
    });
    last = relayed.blockNumber;
  }
  return Number(last);
}

/** Both sign, and a member relays; answers the block. */
export async function sell(world: World, car: Car, buyer: MadeUpOwner): Promise<number> {
  const view = await viewOf(world, car);
  const who = await buyer.resale.prepareToBuy(car.vid, buyer.keyId);
  const { id, seller } = await car.owner.resale.handOver(view, who);
  const { blockNumber } = await world.members[RELAY].user.passport.transferOwnership({
    commandId: parseCommandId(`sell-${someName()}`),
    seller,
    buyer: await buyer.resale.takeOver(view, id),
  });
  return Number(blockNumber);
}

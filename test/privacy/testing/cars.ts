import { randomBytes } from 'node:crypto';

import { type Seal, sealToOwners } from '@passport/connectors';
import { LedgerError, planEpochs } from '@passport/ledger-client';
import {
  dayOf,
  type EventId,
  type Fields,
  type Instant,
  instantOf,
  parseCommandId,
  parseDay,
  parseEventId,
  type RecordableKind,
  type Sealed,
  type Vid,
} from '@passport/model';
import { Sealer } from '@passport/privacy';
import { idOf, type MadeUpOwner, type Member, type SourceName, sources } from '@passport/sandbox';

import { someName, type World } from './start-world.ts';

/** A car, and whose it is. */
export type Car = {
  readonly vid: Vid;
  readonly vin: string;
  readonly paper: string;
  readonly owner: MadeUpOwner;
};

/** A car that is typed in at the maker's intake. */
export type NewCar = {
  readonly vin: string;
  readonly paper?: string;
  readonly papers?: Fields;
  /** When each of the owner's first keys begins; quarters without it. */
  readonly plan?: readonly Instant[];
};

const makers = new WeakMap<World, Map<SourceName, Seal>>();

/** What seals for a source: one for each, as it runs for long. */
function sealOf(world: World, name: SourceName): Seal {
  const known = makers.get(world) ?? new Map<SourceName, Seal>();
  makers.set(world, known);
  const seal =
    known.get(name) ??
    sealToOwners({
      sealer: new Sealer({ ledger: world.ledger, random: randomBytes }),
      source: idOf(sources[name]),
      consent: world.members[sources[name].member].user.consent,
      now: world.now,
    });
  known.set(name, seal);
  return seal;
}

/** The maker's intake finds the vid of a VIN, and registers the car to a new owner. */
export async function registerCar(
  world: World,
  { vin, paper = someName(), papers = {}, plan }: NewCar,
): Promise<Car> {
  const wanted = { vin, paper, wants: 'registration' } as const;
  const [match] = await world.matcherOf('MakerMSP').match([wanted]);
  const { vid, ticket = null } = match ?? {};
  if (vid === undefined || ticket === null) throw new Error(`no ticket for ${vid}`);
  const owner = await world.crowd.stranger();
  await owner.desk.enrol(vid, owner.keyId);
  const now = instantOf(world.now().getTime());
  const keys = await owner.desk.firstKeys(vid, plan ?? planEpochs(now));
  const of = { vid, id: parseEventId('registration'), at: dayOf(Date.now()), firstKeys: keys };
  const sealed = await sealOf(world, 'fleet')(papers, of);
  await world.members.MakerMSP.user.passport.registerVehicles({
    commandId: parseCommandId(`register-${someName()}`),
    source: idOf(sources.fleet),
    vehicles: [{ ticket, day: parseDay('2024-03-01'), owner: owner.keyId, keys, sealed }],
  });
  return { vid, vin, paper, owner };
}

/** Something that a source writes. */
export type Writing = {
  readonly kind: RecordableKind;
  readonly fields?: Fields;
  readonly odometerKm?: number;
  /** In place of the fields, sealed by somebody. */
  readonly sealed?: Sealed;
};

/** What was written, and where. */
export type Written = { readonly id: EventId; readonly block: number; readonly sealed: Sealed };

/** A source seals to the owner's keys and writes; to newer keys where the ledger says that they are closed. */
export async function write(
  world: World,
  name: SourceName,
  vid: Vid,
  writing: Writing,
): Promise<Written> {
  const seal = sealOf(world, name);
  try {
    return await writeOnce(world, name, vid, writing);
  } catch (error) {
    if (codeIn(error) !== 'EPOCH_CLOSED' || writing.sealed !== undefined) throw error;
    seal.renew?.(vid);
    return writeOnce(world, name, vid, writing);
  }
}

async function writeOnce(
  world: World,
  name: SourceName,
  vid: Vid,
  { kind, fields = {}, odometerKm, sealed: given }: Writing,
): Promise<Written> {
  const { member, methods } = sources[name];
  const id = parseEventId(`${kind}-${someName()}`);
  const at = dayOf(world.now().getTime());
  const sealed = given ?? (await sealOf(world, name)(fields, { vid, id, at }));
  const { blockNumber } = await world.members[member].user.passport.recordEvents({
    commandId: parseCommandId(`write-${id}`),
    source: idOf(sources[name]),
    events: [
      {
        ...{ id, vid, kind, at, method: methods[0], sealed },
        ...(odometerKm === undefined ? {} : { odometerKm }),
      },
    ],
  });
  return { id, block: Number(blockNumber), sealed };
}

/** An expert's acts: what was damaged is appraised, and is a wreck. */
export async function declareWreck(world: World, vid: Vid): Promise<number> {
  const { passport } = world.members.InsurerMSP.user;
  const act = (kind: string) => ({
    commandId: parseCommandId(`${kind}-${someName()}`),
    source: idOf(sources.experts),
    event: {
      ...{ id: parseEventId(`${kind}-${someName()}`), vid, method: 'expert' as const },
      at: dayOf(world.now().getTime()),
    },
  });
  await passport.appraise(act('appraised'));
  return Number((await passport.declareWreck(act('wreck'))).blockNumber);
}

/** The code by which something is refused; `none` where it is not. */
export async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'none';
  } catch (error) {
    return codeIn(error);
  }
}

function codeIn(error: unknown): string {
  if (error instanceof LedgerError) return error.chaincode?.code ?? error.code;
  const said = error as { readonly apiCode?: string; readonly code?: string };
  const code = said.apiCode ?? said.code;
  if (code !== undefined) return code;
  throw error;
}

/** A user of a member. */
export function clientOf(world: World, member: Member) {
  return world.members[member].user;
}

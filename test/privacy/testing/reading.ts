import { createPrivateKey } from 'node:crypto';

import { type BookKeys, type OpenedBook, readVehicleBook, whoRead } from '@passport/client';
import { openGrant, readIdentity, type SigningKey } from '@passport/ledger-client';
import type { Grant, KeyScope, Vid } from '@passport/model';
import { Opener } from '@passport/privacy';
import { type MadeUpOwner, type Member, type OpenedEvent, openLogBook } from '@passport/sandbox';

import { ringOf, viewOf } from './consent.ts';
import type { World } from './start-world.ts';

const REACH_MS = 60_000;

/** Reads a car's log book at a member's own peer, and opens what its grants brought it keys for. */
export async function readAtPeer(world: World, member: Member, vid: Vid): Promise<OpenedEvent[]> {
  const { consent, passport } = world.members[member].user;
  const opener = new Opener({ ledger: world.ledger });
  for (const grant of await consent.readGrants({ vid })) {
    if (isOf(grant, member)) await addKeys(world, opener, member, grant);
  }
  return openLogBook(vid, await passport.readLogBook({ vid }), opener);
}

/** Gives an opener what a grant brought a member, whether it is still in force or not. */
export async function addKeys(
  world: World,
  opener: Opener,
  member: Member,
  grant: Grant,
): Promise<void> {
  const ring = await ringOf(world, member);
  for (const { scope, epoch, scalar } of await openGrant(ring, world.ledger, grant)) {
    opener.addKey({ vid: grant.vid, scope, epoch }, scalar);
  }
}

/** Opens a car's log book with all keys that somebody's wallet has. */
export async function readAsWallet(
  world: World,
  owner: MadeUpOwner,
  vid: Vid,
): Promise<OpenedEvent[]> {
  const opener = new Opener({ ledger: world.ledger });
  await owner.desk.addKeys(opener, await viewOf(world, { vid }));
  const book = await world.members.BankMSP.user.passport.readLogBook({ vid });
  return openLogBook(vid, book, opener);
}

/** What is read through the API. */
export type Asking = {
  readonly vid: Vid;
  readonly scopes?: readonly KeyScope[];
  readonly grant?: string;
};

/** Reads through the API as a member, with its certificate and its keys. */
export async function readAsMember(
  world: World,
  member: Member,
  asking: Asking,
): Promise<OpenedBook> {
  const signer = await readIdentity(world.profile, member, 'User1');
  return read(world, signer, { readerKeys: await ringOf(world, member) }, asking);
}

/** Reads through the API as a person, with the wallet's keys. */
export function readAsPerson(
  world: World,
  person: MadeUpOwner,
  asking: Asking,
): Promise<OpenedBook> {
  return read(world, signerOf(person), { ownerKeys: person.wallet.vehicle(asking.vid) }, asking);
}

function read(
  { pipeline, now }: World,
  signer: Parameters<typeof readVehicleBook>[0]['signer'],
  keys: BookKeys,
  asking: Asking,
): Promise<OpenedBook> {
  return readVehicleBook({ api: pipeline.url, signer, now, keys, ...asking });
}

/** Who read a car, as its owner sees it at the API. */
export async function readsOf({ pipeline, now }: World, person: MadeUpOwner, vid: Vid) {
  const asking = { api: pipeline.url, signer: signerOf(person), now, vid };
  const reads = [];
  for await (const note of whoRead(asking)) reads.push(note);
  return reads;
}

/** The key of a person by which they ask. */
export function signerOf({ wallet, keyId }: MadeUpOwner): SigningKey {
  const jwk = wallet.signingKey(keyId);
  const { d: _, ...publicKey } = jwk;
  return { keyId, publicKey, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

/** Waits until answers of the API have a block. */
export async function reached(world: World, block: number): Promise<void> {
  await statusAt(world, 'block', block);
}

/** Waits until a block is in the archive. */
export async function archived(world: World, block: number): Promise<void> {
  await statusAt(world, 'watermark', block);
}

async function statusAt(
  { pipeline }: World,
  what: 'block' | 'watermark',
  block: number,
): Promise<void> {
  const untilMs = Date.now() + REACH_MS;
  let said = '';
  while (Date.now() < untilMs) {
    const answer = await fetch(`${pipeline.url}/v1/status`);
    said = await answer.text();
    const status = JSON.parse(said) as Readonly<Record<typeof what, number | null>>;
    if ((status[what] ?? -1) >= block) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`${what} has not come to ${block}: ${said}`);
}

/** All texts and numbers that were opened of a log book, by field. */
export function openedIn(
  events: readonly { readonly fields: Readonly<Record<string, unknown>> }[],
): string[] {
  return [...new Set(events.flatMap(({ fields }) => Object.keys(fields)))].sort();
}

function isOf({ grantee }: Grant, member: Member): boolean {
  return 'mspId' in grantee && grantee.mspId === member;
}

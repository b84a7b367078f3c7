import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { sealToOwners } from '@passport/connectors';
import { KeyRing, openGrant, readOwnerView, termsOf } from '@passport/ledger-client';
import {
  dayOf,
  type Grant,
  instantOf,
  parseCommandId,
  parseEventId,
  parseMspId,
  type Vid,
} from '@passport/model';
import { Opener, Sealer } from '@passport/privacy';

import type { FeedContext } from '../feed/feed-ledger.ts';
import { type Member, sources } from '../organisations.ts';
import { idOf } from '../setup/found-consortium.ts';
import type { DemoContext } from './demo-context.ts';
import { type OpenedEvent, openLogBook } from './open-log-book.ts';
import { relay } from './relay.ts';

type Context = DemoContext & FeedContext;

/** Events that are shown of a log book. */
const SHOWN = 3;

/**
 * An owner grants a garage the maintenance class; the garage opens it, and nobody else can; the owner
 * revokes, and the next event is closed to it.
 */
export async function showConsent(context: Context, vid: Vid): Promise<void> {
  const { terminal, crowd, members, directory, now } = context;
  const ring = await KeyRing.open(join(directory, 'garage-keys'));
  const garage = members.GarageMSP.user;
  await readAs(context, 'GarageMSP', ring, vid, 'before any grant');

  const { desk } = await crowd.ownerOf(vid);
  const { publicKey: readerKey } = await ring.make(vid);
  const terms = termsOf('garage-visit', instantOf(now().getTime()));
  const grantee = { mspId: parseMspId('GarageMSP') };
  const { grantId, commands } = await desk.grant(
    await readOwnerView(garage, vid),
    { grantee, readerKey },
    terms,
  );
  await context.blocks.shown(await relay(context, 'AssistanceMSP', commands));
  terminal.line(
    `      granted  maintenance to GarageMSP until ${String(terms.expiresAt).slice(0, 10)}`,
  );
  await readAs(context, 'GarageMSP', ring, vid, 'granted');
  const strange = await KeyRing.open(join(directory, 'insurer-keys'));
  await readAs(context, 'InsurerMSP', strange, vid, 'without a grant');

  const revoked = await desk.revoke(await readOwnerView(garage, vid), grantId);
  await context.blocks.shown(await relay(context, 'AssistanceMSP', revoked));
  terminal.line('      revoked  its keys are closed, and the next ones are published with it');
  await context.blocks.shown(await inspect(context, vid));
  await readAs(context, 'GarageMSP', ring, vid, 'after the revocation');
}

/** The inspection centre writes down what it found, sealed to the owner's newest keys. */
async function inspect({ members, now, ledger }: Context, vid: Vid): Promise<bigint> {
  const { passport, consent } = members.InspectionMSP.user;
  const source = idOf(sources.centre);
  const seal = sealToOwners({
    sealer: new Sealer({ ledger, random: randomBytes }),
    ...{ source, consent, now },
  });
  const id = parseEventId(`inspection-${randomBytes(8).toString('hex')}`);
  const at = dayOf(now().getTime());
  const sealed = await seal({ 'Passport.Inspection.Result': 'passed' }, { vid, id, at });
  const { blockNumber } = await passport.recordEvents({
    commandId: parseCommandId(`demo-${id}`),
    source,
    events: [{ id, vid, kind: 'inspection', at, method: 'professional', sealed, generated: true }],
  });
  return blockNumber;
}

/** A member reads the log book at its own peer, and opens what its grants brought it keys for. */
async function readAs(
  { terminal, members, ledger }: Context,
  member: Member,
  ring: KeyRing,
  vid: Vid,
  when: string,
): Promise<void> {
  const { passport, consent } = members[member].user;
  const opener = new Opener({ ledger });
  for (const grant of await consent.readGrants({ vid })) {
    if (isOf(grant, member)) await addKeys(opener, ring, ledger, grant);
  }
  const events = await openLogBook(vid, await passport.readLogBook({ vid }), opener);
  const works = events.filter(({ event }) => /^(intervention|inspection)$/.test(event.kind));
  terminal.line(`  ${member}, ${when}:`);
  for (const opened of works.slice(-SHOWN)) terminal.line(terminal.style.faint(lineOf(opened)));
}

async function addKeys(opener: Opener, ring: KeyRing, ledger: string, grant: Grant): Promise<void> {
  for (const { scope, epoch, scalar } of await openGrant(ring, ledger, grant)) {
    opener.addKey({ vid: grant.vid, scope, epoch }, scalar);
  }
}

function isOf({ grantee }: Grant, member: Member): boolean {
  return 'mspId' in grantee && grantee.mspId === member;
}

function lineOf({ event, fields, closed }: OpenedEvent): string {
  const open = Object.entries(fields).map(([name, value]) => `${name} = ${value}`);
  const shut = closed.map((scope) => `${scope}: closed`);
  return `      ${event.at}  ${event.kind.padEnd(13)} ${[...open, ...shut].join(', ')}`;
}

import { type SigningKey, signTicket } from '@passport/ledger-client';
import {
  instantOf,
  type MspId,
  organisationOfSource,
  parseJson,
  parseVid,
  PassportError,
  type SourceId,
  vidOfBytes,
} from '@passport/model';
import { keyIdOfTag, type OprfKeyId, type VinTag } from '@passport/privacy/oprf';
import type { Hono } from 'hono';

import { type AppEvents, createApp } from '../http/create-app.ts';
import type { Gate, Intake } from '../http/gate.ts';
import { signStatement } from '../match-statement.ts';
import { decisionRequest, type MatchAnswer, type MatchRequest, matchesRequest } from '../wire.ts';
import {
  type Asker,
  decideDispute,
  erasePerson,
  type Matched,
  type MatchRow,
  matchRow,
} from './match-row.ts';
import type { RegistryStore } from './registry-store.ts';

/** What the registry answers with. */
export type RegistryOptions = AppEvents & {
  readonly gate: Gate;
  readonly store: RegistryStore;
  /** As the ledger knows it; its member's administrators decide disputes and erase. */
  readonly registry: SourceId;
  readonly key: SigningKey;
  readonly channel: string;
  readonly ticketMs: number;
  /** Keys of which each request has to bring a tag. */
  readonly oprfKeys: readonly OprfKeyId[];
  readonly now: () => Date;
  readonly random: (size: number) => Uint8Array;
  readonly onMatched: (vehicles: number) => void;
};

/** Rows of a list of disputes, at most. */
const DISPUTES_MAX = 1_000;
const VID_BYTES = 16;
const TICKET_ID_BYTES = 16;

/** The registry's API. It holds the table and no key of the OPRF: it cannot make a tag of a VIN. */
export function registryApp(options: RegistryOptions): Hono {
  const { gate, store, now } = options;
  const app = createApp(options);
  app.post('/v1/matches', async (context) => {
    const { intake, body } = await gate.enter(context);
    const { matches } = parseJson(matchesRequest, body);
    for (const { tags } of matches) requireKeys(tags, options.oprfKeys);
    const asked = { action: 'match', count: matches.length } as const;
    const answers = await gate.pass(intake, asked, () => match(matches, intake.mspId, options));
    options.onMatched(matches.length);
    return context.json({ matches: answers });
  });
  app.get('/v1/disputes', async (context) => {
    const { intake } = await gate.enter(context);
    requireRegistrar(intake, options);
    const rows = await gate.pass(intake, { action: 'list-disputes', count: 1 }, () =>
      store.disputed(DISPUTES_MAX),
    );
    return context.json({ disputes: rows.map(shownRow) });
  });
  app.post('/v1/disputes/:vid', async (context) => {
    const { intake, body } = await gate.enter(context);
    requireRegistrar(intake, options);
    const vid = parseVid(context.req.param('vid'));
    const decision = parseJson(decisionRequest, body);
    const row = await gate.pass(intake, { action: 'decide-dispute', count: 1 }, () =>
      store.change(vid, (before) => decideDispute(before, decision, now().getTime())),
    );
    return context.json(shownRow(row));
  });
  app.delete('/v1/vehicles/:vid/person', async (context) => {
    const { intake } = await gate.enter(context);
    requireRegistrar(intake, options);
    const vid = parseVid(context.req.param('vid'));
    let removed = 0;
    await gate.pass(intake, { action: 'erase', count: 1 }, () =>
      store.change(vid, (before) => {
        removed = before.commitments.length;
        return erasePerson(before);
      }),
    );
    return context.json({ vid, removed, erasedAt: instantOf(now().getTime()) });
  });
  return app;
}

async function match(
  requests: readonly MatchRequest[],
  member: MspId,
  options: RegistryOptions,
): Promise<MatchAnswer[]> {
  const asker = { member, atMs: options.now().getTime() };
  const newVid = () => vidOfBytes(options.random(VID_BYTES));
  const matched = await options.store.matchAll(
    requests.map(({ tags }) => tags),
    (row, index) => {
      const request = requests[index];
      if (request === undefined) throw new Error('a vehicle that nobody asked about');
      const answer = matchRow(row, request, asker, newVid);
      return { row: answer.row, answer: { ...answer, commitment: request.commitment } };
    },
  );
  return Promise.all(matched.map((each) => signed(each, asker, options)));
}

async function signed(
  { row, isNew, mayRegister, commitment }: Matched & { readonly commitment: string },
  { member, atMs }: Asker,
  { key, registry, channel, ticketMs, random }: RegistryOptions,
): Promise<MatchAnswer> {
  const { vid, state } = row;
  const at = new Date(atMs);
  const ticket = mayRegister
    ? await signTicket(key, {
        ...{ channel, registry, vid },
        id: Buffer.from(random(TICKET_ID_BYTES)).toString('hex'),
        expiresAt: new Date(at.getTime() + ticketMs),
      })
    : null;
  const statement = await signStatement(key, { registry, vid, commitment, intake: member, at });
  return { vid, isNew, isDisputed: state === 'disputed', ticket, statement };
}

/** A dispute as the registrar sees it; tags are left out, nobody needs them to decide. */
function shownRow({ tags: _, ...shown }: MatchRow) {
  return shown;
}

function requireKeys(tags: readonly VinTag[], keys: readonly OprfKeyId[]): void {
  const given = tags.map(keyIdOfTag);
  if (given.length === keys.length && keys.every((key) => given.includes(key))) return;
  throw new PassportError('TAG_KEYS_WRONG', `keys in use are ${keys.join(', ')}`);
}

function requireRegistrar({ mspId, isAdmin }: Intake, { registry }: RegistryOptions): void {
  if (mspId === organisationOfSource(registry) && isAdmin) return;
  throw new PassportError('ADMIN_REQUIRED', 'an administrator of the registry’s member may');
}

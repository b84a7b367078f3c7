import { generateSigningKey, signCommand, type SigningKey } from '@passport/ledger-client';
import {
  type EventInput,
  instantOf,
  type KeyScope,
  type KeyWrap,
  OWNER_READS,
  parseDay,
  parseEventId,
  parseMspId,
  reference,
  parse,
  type SealedField,
  type SealingKeyInput,
  type Vid,
} from '@passport/model';
import { describe, expect, test } from 'vitest';

import type { CurrentPassport } from '../../passport-network.ts';
import { expectRefused } from './refused.ts';

const LIFETIME_MS = 600_000;

/** Keys, what is sealed to them, and who has read: from the first owner to an erasure. */
export function describeSealing(current: CurrentPassport): void {
  const id = () => ({ commandId: current().commandId() });
  const signed = (key: SigningKey, functionName: string, vid: Vid, args: unknown, more = {}) =>
    signCommand(key, {
      channel: current().channel,
      functionName,
      target: vid,
      id: current().commandId(),
      expiresAt: new Date(Date.now() + LIFETIME_MS),
      args,
      ...more,
    });
  const sign = (key: SigningKey, name: string, vid: Vid, args: unknown) =>
    signed(key, `Consent:${name}`, vid, args);

  /** Records a trip of the maker whose usage is sealed to a key of that epoch. */
  const recordSealed = (vid: Vid, epoch: number) => {
    const { user, source } = current().members.MakerMSP;
    const event: EventInput = {
      id: parseEventId(current().commandId()),
      vid,
      kind: 'trip',
      at: parseDay('2026-03-01'),
      method: 'connected-car',
      sealed: { usage: sealedTo(epoch) },
    };
    return user.passport.recordEvents({ ...id(), source, events: [event] });
  };

  /** A vehicle that was registered with the first key of two scopes. */
  const registered = async (owner: SigningKey): Promise<Vid> => {
    const { user, source } = current().members.MakerMSP;
    const vid = current().newVid();
    const vehicle = {
      ticket: await current().ticket(vid),
      day: parseDay('2020-01-01'),
      owner: owner.keyId,
      keys: [sealingKey(owner, 1), sealingKey(owner, 1, 'ownership')],
      sealed: { ownership: sealedTo(1) },
    };
    await user.passport.registerVehicles({ ...id(), source, vehicles: [vehicle] });
    return vid;
  };

  describe('sealing keys', () => {
    test('come with the registration, and a revocation closes them and brings the next', async () => {
      const owner = await generateSigningKey();
      const vid = await registered(owner);
      const { consent } = current().members.GarageMSP.user;
      await recordSealed(vid, 1);
      const wrap = keyWrap(owner, 'A');
      const grant = (args: object) => sign(owner, 'grant', vid, { ...terms, ...args });
      const { answer: ended } = await consent.grant({ ...id(), command: await grant({ wrap }) });
      const { answer: going } = await consent.grant({ ...id(), command: await grant({ wrap }) });
      const revocation = {
        grantId: ended.grantId,
        keys: [sealingKey(owner, 2)],
        rewraps: [{ grantId: going.grantId, wrap: keyWrap(owner, 'B') }],
      };
      const command = await sign(owner, 'revoke', vid, revocation);
      await consent.revoke({ ...id(), command });
      await expectRefused(recordSealed(vid, 1), 'EPOCH_CLOSED');
      await recordSealed(vid, 2);
      const keys = await consent.readSealingKeys({ vid });
      expect(keys.map(({ scope, epoch }) => [scope, epoch])).toEqual([
        ['ownership', 1],
        ['usage', 2],
      ]);
      const grants = await consent.readGrantsOf({ vid, grantee: terms.grantee });
      expect(grants.map(({ wraps }) => wraps.length).sort((a, b) => a - b)).toEqual([1, 2]);
    });

    test('of many owners are published in one transaction, or none of them', async () => {
      const [one, other] = [await generateSigningKey(), await generateSigningKey()];
      const vids = [await registered(one), await registered(other)] as const;
      const { consent } = current().members.InsurerMSP.user;
      const publish = (by: SigningKey, vid: Vid, epoch: number) =>
        sign(by, 'publishSealingKeys', vid, { keys: [sealingKey(by, epoch)] });
      const relay = async (secondEpoch: number) =>
        consent.relay({
          ...id(),
          commands: [await publish(one, vids[0], 2), await publish(other, vids[1], secondEpoch)],
        });
      const error = await expectRefused(relay(3), 'EPOCH_INVALID');
      expect(error.message).toContain('/commands/1');
      const { answer } = await relay(2);
      expect(answer).toEqual({ executed: 2 });
      expect(await consent.readSealingKeys({ vid: vids[1] })).toHaveLength(3);
    });

    test('change with the owner, who gets what was handed over; an erasure leaves no owner', async () => {
      const [seller, buyer] = [await generateSigningKey(), await generateSigningKey()];
      const vid = await registered(seller);
      const { consent, passport } = current().members.GarageMSP.user;
      await consent.grant({ ...id(), command: await sign(seller, 'grant', vid, terms) });
      const nonce = { id: current().commandId() };
      const fn = 'Passport:transferOwnership';
      const handOver = keyWrap(buyer, 'H');
      const keys = [sealingKey(buyer, 2)];
      const { answer } = await passport.transferOwnership({
        ...id(),
        seller: await signed(seller, fn, vid, { to: buyer.keyId, handOver }, nonce),
        buyer: await signed(buyer, fn, vid, { from: seller.keyId, keys }, nonce),
      });
      expect(answer).toEqual({ vid, ownerEpoch: 2 });
      expect(await consent.readGrants({ vid })).toEqual([]);
      expect(await consent.readOwnership({ vid })).toMatchObject({ owner: buyer.keyId, handOver });
      await expectRefused(recordSealed(vid, 1), 'EPOCH_CLOSED');
      await recordSealed(vid, 2);

      const erase = async (by: SigningKey, ownerEpoch: number) =>
        consent.erase({ ...id(), command: await sign(by, 'erase', vid, { ownerEpoch }) });
      await expectRefused(erase(seller, 2), 'COMMAND_SIGNER_FOREIGN');
      await erase(seller, 1);
      await recordSealed(vid, 2);
      await erase(buyer, 2);
      await expectRefused(erase(buyer, 2), 'ERASED_ALREADY');
      await expectRefused(recordSealed(vid, 2), 'EPOCH_CLOSED');
      expect(await consent.readOwnership({ vid })).toBeNull();
      const erasures = await consent.readErasures({ vid });
      expect(erasures.map(({ ownerEpoch }) => ownerEpoch)).toEqual([1, 2]);
      const { owners } = await passport.readLogBook({ vid });
      expect(owners.map(({ keyId }) => keyId)).toEqual([null, null, null]);
    });
  });

  describe('reads', () => {
    test('are recorded by who serves, by two servers at once, and shown to the owner', async () => {
      const owner = await generateSigningKey();
      const vid = await registered(owner);
      const { MakerMSP, GarageMSP } = current().members;
      const command = await sign(owner, 'grant', vid, terms);
      const { answer } = await GarageMSP.user.consent.grant({ ...id(), command });
      const { grantId } = answer;
      const read = (query: string, reader = 'GarageMSP') => ({
        ...{ vid, ownerEpoch: 1, grantId, reader: { mspId: parseMspId(reader) } },
        scopes: ['usage' as const],
        purpose: 'insurance' as const,
        at: instantOf(Date.now()),
        query: parse(reference, query),
      });
      const record = (by: typeof MakerMSP, ...reads: ReturnType<typeof read>[]) =>
        by.user.consent.recordReads({ ...id(), reads });
      const both = await Promise.all([
        record(MakerMSP, read('query-1'), read('query-2', 'InsurerMSP')),
        record(GarageMSP, read('query-3')),
      ]);
      expect(both).toHaveLength(2);
      await expectRefused(record(GarageMSP, read('query-4', 'InsurerMSP')), 'ROLE_MISSING');
      const unknown = { ...read('query-5'), grantId: current().commandId() };
      await expectRefused(record(MakerMSP, unknown), 'GRANT_UNKNOWN');
      const { reads, next } = await MakerMSP.user.consent.readReads({ vid });
      expect(next).toBeNull();
      expect(reads.map(({ query, by }) => `${query} ${by}`).sort()).toEqual([
        ...['query-1 MakerMSP', 'query-2 MakerMSP', 'query-3 GarageMSP'],
      ]);
      expect(await MakerMSP.user.consent.countReads({ vid })).toEqual({
        ownerEpoch: 1,
        queries: { [grantId]: 3 },
      });
    });

    test('are answered by the page', async () => {
      const owner = await generateSigningKey();
      const vid = await registered(owner);
      const { consent } = current().members.MakerMSP.user;
      const at = instantOf(Date.now());
      for (let batch = 0; batch < 3; batch += 1) {
        const reads = Array.from({ length: 250 }, (_, index) => ({
          ...{ vid, ownerEpoch: 1, grantId: OWNER_READS, reader: null, purpose: null, at },
          scopes: ['usage' as const],
          query: parse(reference, `query-${batch}-${index}`),
        }));
        await consent.recordReads({ ...id(), reads });
      }
      const first = await consent.readReads({ vid });
      if (first.next === null) throw new Error('there is a second page');
      const second = await consent.readReads({ vid, after: first.next });
      expect([first.reads.length, second.reads.length, second.next]).toEqual([500, 250, null]);
      const queries = [...first.reads, ...second.reads].map(({ query }) => query);
      expect(new Set(queries).size).toBe(750);
    });
  });
}

const terms = {
  grantee: { mspId: parseMspId('GarageMSP') },
  classes: ['usage'],
  purpose: 'insurance',
  legalBasis: 'consent',
};

function sealingKey(
  { publicKey }: SigningKey,
  epoch: number,
  scope: KeyScope = 'usage',
): SealingKeyInput {
  return { scope, epoch, suite: 1, key: publicKey };
}

function keyWrap({ keyId }: SigningKey, fill: string): KeyWrap {
  return { readerKey: keyId, keys: fill.repeat(120) };
}

/** What a source seals to a key of an epoch, as far as the ledger looks. */
function sealedTo(epoch: number): SealedField {
  const bytes = Buffer.alloc(140, 7);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(1, 1);
  bytes.writeUInt32BE(epoch, 2);
  return bytes.toString('base64url') as SealedField;
}

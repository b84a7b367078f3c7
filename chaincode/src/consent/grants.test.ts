import { type Grant, grantTemplates, keyScopes, scopesOf } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, terms } from './testing/owner-desk.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const buyer = makeKey();

describe('a grant', () => {
  test('begins now, ends in 90 days, opens the classes that it names and nothing before it', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const jti = desk.nonce();
    const { answer, effects } = await desk.call('grant', owner, vid, terms, { jti });
    expect(answer).toEqual({
      ...terms,
      fields: [],
      grantId: jti,
      vid,
      owner: owner.keyId,
      ownerEpoch: 1,
      notBefore: desk.inMs(0),
      expiresAt: desk.inMs(90 * DAY_MS),
      includesPast: false,
      queriesMax: null,
      document: null,
      revokedAt: null,
      retracts: false,
    });
    expect(effects.events).toEqual([
      ['Granted', JSON.stringify({ grantId: jti, ownerEpoch: 1, vid })],
    ]);
    expect(await desk.readsBy(vid, 'usage')).toBe(jti);
    expect(await desk.readsBy(vid, 'driving')).toBe(jti);
    expect(await desk.readsBy(vid, 'location')).toBeNull();
    expect(await desk.readsBy(vid, 'usage', 'MakerMSP')).toBeNull();
    expect(await desk.ask('readGrants', vid)).toEqual([{ ...(answer as object), wraps: [] }]);
  });

  test('comes with keys for its reader, which are in no answer that is kept', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const wrap = keyWrap();
    const { answer, effects } = await desk.call('grant', owner, vid, { ...terms, wrap });
    expect(await desk.ask('readGrants', vid)).toMatchObject([{ wraps: [wrap] }]);
    expect(JSON.stringify(answer)).not.toContain(wrap.keys);
    const withKeys = effects.writes.filter(([, value]) => value?.includes(wrap.keys));
    expect(withKeys.map(([key]) => key.split('|')[0] ?? '')).toEqual(['grant']);
  });

  test('takes its reader key for its owner: no later one can wrap to it, in any command', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const wrap = keyWrap();
    const first = await desk.call('grant', owner, vid, { ...terms, wrap });
    const again = await desk.call('grant', owner, vid, { ...terms, wrap });
    const taken = `reader-key|${vid}|${wrap.readerKey}`;
    const isWritten = ({ effects }: typeof first) => effects.writes.some(([key]) => key === taken);
    expect([isWritten(first), isWritten(again)]).toEqual([true, false]);
    expect(first.effects.reads).toContain(taken);
    expect(first.effects.ranges).toEqual([]);

    await desk.handOver(vid, owner, buyer);
    const refuse = (name: 'grant' | 'rewrap' | 'revoke', args: object) =>
      expectRefusal(consortium, 'READER_KEY_TAKEN', () => desk.call(name, buyer, vid, args));
    await refuse('grant', { ...terms, wrap });
    const own = { ...wrap, readerKey: makeKey().keyId };
    const { grantId } = await desk.grant(buyer, vid, { wrap: own });
    const grants = [{ grantId, wrap }];
    await refuse('rewrap', { grants });
    const ended = await desk.grant(buyer, vid, { wrap: own });
    await refuse('revoke', { grantId: ended.grantId, retracts: false, keys: [], rewraps: grants });
    await desk.erase(owner, vid, 1);
    await refuse('grant', { ...terms, wrap });
    const grown = await desk.call('rewrap', buyer, vid, { grants: [{ grantId, wrap: own }] });
    expect(grown.effects.reads.filter((key) => key.startsWith('reader-key'))).toEqual([]);
    // Of another car it is another key.
    const other = await consortium.register({ owner: buyer.keyId });
    await desk.grant(buyer, other, { wrap });
  });

  test('of a single field opens that and not its class; of a class, its single fields too', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const field = 'Vehicle.TripMeterReading';
    const { grantId } = await desk.grant(owner, vid, { classes: [], fields: [field] });
    expect(await desk.readsBy(vid, field)).toBe(grantId);
    expect(await desk.readsBy(vid, 'usage')).toBeNull();
    const whole = await desk.grant(owner, vid, { grantee: { mspId: 'GarageMSP' } });
    expect(await desk.readsBy(vid, field, 'GarageMSP')).toBe(whole.grantId);
    expect(await desk.readsBy(vid, 'Passport.Incident.Severity', 'GarageMSP')).toBeNull();
  });

  test.each(Object.entries(grantTemplates))(
    'by the template %s opens what it says',
    async (_, template) => {
      const { means: __, days, ...of } = template;
      const vid = await consortium.register({ owner: owner.keyId });
      const { grantId } = await desk.grant(owner, vid, {
        ...of,
        expiresAt: desk.inMs(days * DAY_MS),
      });
      for (const scope of keyScopes) {
        const expected = scopesOf(of).includes(scope) ? grantId : null;
        expect(await desk.readsBy(vid, scope)).toBe(expected);
      }
      consortium.ledger.advance(days * DAY_MS);
      expect(await desk.readsBy(vid, scopesOf(of)[0] ?? 'location')).toBeNull();
    },
  );

  test('is found by its grantee, a member or a key', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const [grantee, key] = [{ mspId: 'InsurerMSP' }, { keyId: buyer.keyId }];
    const { grantId: toMember } = await desk.grant(owner, vid, { grantee });
    const { grantId: toKey } = await desk.grant(owner, vid, { grantee: key });
    const foundBy = async (of: object) =>
      (await desk.ask<Grant[]>('readGrantsOf', vid, { grantee: of })).map(({ grantId }) => grantId);
    expect(await foundBy(grantee)).toEqual([toMember]);
    expect(await foundBy(key)).toEqual([toKey]);
    expect(await foundBy({ mspId: 'BankMSP' })).toEqual([]);
    await desk.handOver(vid, owner, buyer);
    expect(await foundBy(key)).toEqual([]);
  });

  test('reads and writes keys of its own, and no range', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const jti = desk.nonce();
    const command = await desk.sign(owner, 'Consent:grant', vid, terms, { jti });
    const commandId = consortium.commandId();
    const request = { commandId, command };
    const { effects } = await consortium.submit('GarageMSP', 'Consent', 'grant', request);
    expect([...effects.reads].sort()).toEqual(
      [
        `command|GarageMSP|${commandId}`,
        `command|${owner.keyId}|${jti}`,
        'member|GarageMSP',
        'member|InsurerMSP',
        `owner|${vid}`,
        'parameter|consent.grant-days',
      ].sort(),
    );
    expect(effects.ranges).toEqual([]);
    expect(effects.writes.map(([key]) => key)).toEqual([
      `grant|${vid}|00000001|${jti}`,
      `command|${owner.keyId}|${jti}`,
      `command|GarageMSP|${commandId}`,
    ]);
  });

  test('lasts from its first millisecond to the one before its last', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const { grantId } = await desk.grant(owner, vid, {
      notBefore: desk.inMs(DAY_MS),
      expiresAt: desk.inMs(2 * DAY_MS),
    });
    const readable = async () => (await desk.readsBy(vid, 'usage')) === grantId;
    expect(await readable()).toBe(false);
    consortium.ledger.advance(DAY_MS - 1);
    expect(await readable()).toBe(false);
    consortium.ledger.advance(1);
    expect(await readable()).toBe(true);
    consortium.ledger.advance(DAY_MS - 1);
    expect(await readable()).toBe(true);
    consortium.ledger.advance(1);
    expect(await readable()).toBe(false);
    const [kept] = (await consortium.evaluate('Consent', 'readGrants', { vid })) as Grant[];
    expect(kept).toMatchObject({ grantId, revokedAt: null });
  });

  test.each([
    ['two years and a millisecond', { expiresAt: 730 * DAY_MS + 1 }],
    ['a hundred years', { expiresAt: 36_500 * DAY_MS }],
    ['a day, in two years', { notBefore: 730 * DAY_MS, expiresAt: 731 * DAY_MS }],
    ['no time', { notBefore: DAY_MS, expiresAt: DAY_MS }],
    ['a time that is over', { expiresAt: 0 }],
    ['a time that ends before it begins', { notBefore: 2 * DAY_MS, expiresAt: DAY_MS }],
  ])('for %s is refused', async (_, times) => {
    const vid = await consortium.register({ owner: owner.keyId });
    const changes = Object.fromEntries(
      Object.entries(times).map(([name, ms]) => [name, desk.inMs(ms)]),
    );
    await expectRefusal(consortium, 'EXPIRY_INVALID', () => desk.grant(owner, vid, changes));
  });

  test('for two years is the longest, and cannot begin in the past', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const expiresAt = desk.inMs(730 * DAY_MS);
    const grant = await desk.grant(owner, vid, { expiresAt, notBefore: desk.inMs(-DAY_MS) });
    expect(grant).toMatchObject({ notBefore: desk.inMs(0), expiresAt });
  });

  test.each([
    ['a class twice', 'GRANT_INVALID', { classes: ['usage', 'usage'] }],
    ['a field twice', 'GRANT_INVALID', { fields: Array(2).fill('Vehicle.TripMeterReading') }],
    ['nothing', 'GRANT_INVALID', { classes: [] }],
    ['a field of no key of its own', 'FIELD_CLASS_UNKNOWN', { fields: ['Vehicle.TripDuration'] }],
    ['keys that are none', 'SEALED_FIELD_INVALID', { wrap: { ...keyWrap(), keys: '=' } }],
    ['keys too short to be sealed', 'SEALED_FIELD_INVALID', { wrap: { ...keyWrap(), keys: 'AA' } }],
    ['keys for no reader', 'KEY_ID_INVALID', { wrap: { ...keyWrap(), readerKey: 'me' } }],
    ['a class that there is not', 'FIELD_CLASS_UNKNOWN', { classes: ['all'] }],
    ['an unknown purpose', 'GRANT_INVALID', { purpose: 'anything' }],
    ['an unknown ground', 'GRANT_INVALID', { legalBasis: 'legitimate-interest' }],
    ['two grantees', 'COMMAND_MALFORMED', { grantee: { mspId: 'BankMSP', keyId: buyer.keyId } }],
    ['an organisation that is no member', 'MEMBER_UNKNOWN', { grantee: { mspId: 'OtherMSP' } }],
    ['a time in another spelling', 'INSTANT_INVALID', { expiresAt: '2026-12-01' }],
    ['half a query', 'COMMAND_MALFORMED', { queriesMax: 0.5 }],
    ['something that no grant has', 'COMMAND_MALFORMED', { everything: true }],
  ] as const)('of %s is refused', async (_, code, changes) => {
    const vid = await consortium.register({ owner: owner.keyId });
    await expectRefusal(consortium, code, () => desk.grant(owner, vid, changes));
  });

  test('to whoever holds a key is kept, and opens nothing to members', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const grant = await desk.grant(owner, vid, {
      grantee: { keyId: buyer.keyId },
      document: 'contract:7',
      queriesMax: 3,
      includesPast: true,
    });
    expect(grant).toMatchObject({ document: 'contract:7', queriesMax: 3, includesPast: true });
    expect(await desk.readsBy(vid, 'usage')).toBeNull();
  });

  test('opens nothing to a member that is suspended', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const { grantId } = await desk.grant(owner, vid, { grantee: { mspId: 'BankMSP' } });
    expect(await desk.readsBy(vid, 'usage', 'BankMSP')).toBe(grantId);
    await change({ change: 'suspend', mspId: 'BankMSP', reason: 'it sells what it reads' });
    expect(await desk.readsBy(vid, 'usage', 'BankMSP')).toBeNull();
    await expectRefusal(consortium, 'MEMBER_SUSPENDED', () =>
      desk.grant(owner, vid, { grantee: { mspId: 'BankMSP' } }),
    );
    await change({ change: 'reinstate', mspId: 'BankMSP', reason: 'it has paid for it' });
    expect(await desk.readsBy(vid, 'usage', 'BankMSP')).toBe(grantId);
  });
});

describe('who may grant', () => {
  test('only the owner', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () => desk.grant(buyer, vid));
    await desk.handOver(vid, owner, buyer);
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () => desk.grant(owner, vid));
    expect(await desk.grant(buyer, vid)).toMatchObject({ owner: buyer.keyId, ownerEpoch: 2 });
  });

  test('not who replays: what was signed once is executed once, whoever relays it when', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const jti = desk.nonce();
    const relay = (mspId: 'GarageMSP' | 'InsurerMSP', command: string) =>
      consortium.submit(mspId, 'Consent', 'grant', { command });
    const command = await desk.sign(owner, 'Consent:grant', vid, terms, { jti });
    const kept = await desk.sign(owner, 'Consent:grant', vid, terms);
    const first = await relay('GarageMSP', command);
    await desk.revoke(owner, vid, jti);
    const again = await relay('InsurerMSP', command);
    expect(again.answer).toEqual(first.answer);
    expect(await desk.readsBy(vid, 'usage')).toBeNull();
    const other = await desk.sign(
      owner,
      'Consent:grant',
      vid,
      { ...terms, classes: ['energy'] },
      { jti },
    );
    await expectRefusal(consortium, 'COMMAND_REPLAYED', () => relay('GarageMSP', other));
    await desk.handOver(vid, owner, buyer);
    await relay('GarageMSP', command);
    expect(await desk.ask('readGrants', vid)).toEqual([]);
    // Signed while it was theirs, and held back until it no longer was.
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () => relay('GarageMSP', kept));
    consortium.ledger.advance(DAY_MS);
    await expectRefusal(consortium, 'COMMAND_EXPIRED', () => relay('GarageMSP', command));
  });

  test('nobody for a vehicle without owner, or none at all', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'OWNER_UNKNOWN', () => desk.grant(owner, vid));
    const unknown = consortium.newVid();
    await expectRefusal(consortium, 'VEHICLE_UNKNOWN', () => desk.grant(owner, unknown));
    await expectRefusal(consortium, 'VID_INVALID', () => desk.grant(owner, 'not a vid'));
    expect(await consortium.evaluate('Consent', 'readGrants', { vid })).toEqual([]);
    expect(await consortium.evaluate('Consent', 'readOwnership', { vid })).toBeNull();
    expect(await desk.readsBy(unknown, 'usage')).toBeNull();
  });
});

describe('a resale', () => {
  test('ends every grant in one write, also for who buys the vehicle back', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    await desk.grant(owner, vid);
    await desk.grant(owner, vid, { classes: ['energy'] });
    await desk.handOver(vid, owner, buyer);
    expect(await desk.readsBy(vid, 'usage')).toBeNull();
    expect(await consortium.evaluate('Consent', 'readGrants', { vid })).toEqual([]);
    await desk.handOver(vid, buyer, owner);
    expect(await desk.readsBy(vid, 'energy')).toBeNull();
    expect(await consortium.evaluate('Consent', 'readOwnership', { vid })).toEqual({
      ...{ vid, owner: owner.keyId, ownerEpoch: 3, since: desk.inMs(0), handOver: null },
    });
  });
});

async function change(memberChange: object): Promise<void> {
  const proposal = await consortium.asAdmin('MakerMSP', 'Members', 'proposeChange', {
    change: memberChange,
  });
  const { proposalId } = proposal.answer as { proposalId: string };
  await consortium.asAdmin('InsurerMSP', 'Members', 'approveChange', { proposalId });
}

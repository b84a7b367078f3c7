import { COMMAND_TYPE, type Grant } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { OwnerDesk, terms } from '../consent/testing/owner-desk.ts';
import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey, signJws } from '../testing/test-users.ts';

/** Order of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const FN = 'Consent:grant';

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();

/** A vehicle and a command of its owner about it. */
async function prepare(changes: object = {}) {
  const vid = await consortium.register({ owner: owner.keyId });
  return { vid, command: await desk.sign(owner, FN, vid, terms, changes) };
}

function relay(mspId: 'GarageMSP' | 'InsurerMSP', command: string) {
  return consortium.submit(mspId, 'Consent', 'grant', { command });
}

async function grantsOf(vid: string): Promise<Grant[]> {
  return (await consortium.evaluate('Consent', 'readGrants', { vid })) as Grant[];
}

/** The other signature that verifies as well: of (r, s) it is (r, n - s). */
function twinOf(command: string): string {
  const [header, payload, signature = ''] = command.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const twin = Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex');
  const both = Buffer.concat([bytes.subarray(0, 32), twin]);
  return `${header}.${payload}.${both.toString('base64url')}`;
}

describe('a signed command', () => {
  test('executes once, whoever relays it and however often', async () => {
    const { vid, command } = await prepare();
    const first = await relay('GarageMSP', command);
    consortium.ledger.advance(1000);
    const again = await relay('InsurerMSP', command);
    expect(again.answer).toEqual(first.answer);
    // All that the second relay leaves is its own command, for its own retry.
    expect(again.effects.writes.map(([key]) => key.split('|')[1])).toEqual(['InsurerMSP']);
    expect(again.effects.events).toEqual([]);
    expect(await grantsOf(vid)).toHaveLength(1);
  });

  test('executes once though its signature has a twin', async () => {
    const { vid, command } = await prepare();
    const first = await relay('GarageMSP', command);
    expect((await relay('GarageMSP', twinOf(command))).answer).toEqual(first.answer);
    expect(await grantsOf(vid)).toHaveLength(1);
  });

  test('relayed by two at once is valid once', async () => {
    const { vid, command } = await prepare();
    const one = await consortium.endorse('GarageMSP', 'Consent', 'grant', { command });
    const other = await consortium.endorse('InsurerMSP', 'Consent', 'grant', { command });
    expect([other.commit(), one.commit()]).toEqual([true, false]);
    expect(await grantsOf(vid)).toHaveLength(1);
  });

  test('answers as it did once the signer is the owner no more, and does nothing', async () => {
    const { vid, command } = await prepare();
    const first = await relay('GarageMSP', command);
    await desk.handOver(vid, owner, makeKey());
    const again = await relay('InsurerMSP', command);
    expect(again.answer).toEqual(first.answer);
    expect(await desk.readsBy(vid, 'usage')).toBeNull();
  });

  test('with a nonce of another command is refused, also for another vehicle or function', async () => {
    const jti = desk.nonce();
    const { vid, command } = await prepare({ jti });
    await relay('GarageMSP', command);
    const more = await desk.sign(owner, FN, vid, { ...terms, classes: ['location'] }, { jti });
    const elsewhere = await prepare({ jti });
    const later = await desk.sign(owner, FN, vid, terms, { jti, exp: nowS() + 700 });
    for (const other of [more, elsewhere.command, later]) {
      await expectRefusal(consortium, 'COMMAND_REPLAYED', () => relay('GarageMSP', other));
    }
    const revoke = await desk.sign(owner, 'Consent:revoke', vid, { grantId: jti }, { jti });
    await expectRefusal(consortium, 'COMMAND_REPLAYED', () =>
      consortium.submit('GarageMSP', 'Consent', 'revoke', { command: revoke }),
    );
  });

  test('has nonces of its own for each signer', async () => {
    const jti = desk.nonce();
    const { command } = await prepare({ jti });
    await relay('GarageMSP', command);
    const other = makeKey();
    const vid = await consortium.register({ owner: other.keyId });
    expect(await desk.grant(other, vid)).toMatchObject({ owner: other.keyId });
    const same = await desk.sign(other, FN, vid, terms, { jti });
    expect((await relay('GarageMSP', same)).answer).toMatchObject({ grantId: jti });
  });

  test('that was refused has not spent its nonce', async () => {
    const jti = desk.nonce();
    const { vid, command } = await prepare({ jti });
    const early = await desk.sign(owner, FN, vid, terms, { jti, exp: nowS() - 1 });
    await expectRefusal(consortium, 'COMMAND_EXPIRED', () => relay('GarageMSP', early));
    await expect(relay('GarageMSP', command)).resolves.toBeDefined();
  });

  test.each([
    ['for another channel', 'COMMAND_TARGET_WRONG', { aud: 'passport-2' }],
    ['for another contract', 'COMMAND_TARGET_WRONG', { fn: 'Tokens:grant' }],
    ['for another function', 'COMMAND_TARGET_WRONG', { fn: 'Consent:revoke' }],
    ['for a vehicle of somebody else', 'COMMAND_SIGNER_FOREIGN', { sub: 'foreign' }],
    ['in the name of another key', 'COMMAND_SIGNER_FOREIGN', { iss: makeKey().keyId }],
    ['with a nonce that is too short', 'COMMAND_ID_INVALID', { jti: 'short' }],
    ['with no nonce', 'COMMAND_ID_INVALID', { jti: undefined }],
    ['with no expiry', 'COMMAND_MALFORMED', { exp: undefined }],
    ['that expires at half a second', 'COMMAND_MALFORMED', { exp: 1_800_000_000.5 }],
    ['with a claim that it does not have', 'COMMAND_MALFORMED', { nbf: 1 }],
    ['without arguments', 'COMMAND_MALFORMED', { args: undefined }],
  ] as const)('%s is refused', async (_, code, changes) => {
    const foreign = await consortium.register({ owner: makeKey().keyId });
    const claims = 'sub' in changes ? { sub: foreign } : changes;
    const { command } = await prepare(claims);
    await expectRefusal(consortium, code, () => relay('GarageMSP', command));
  });

  test('is good until the second that it names, and for a day at most', async () => {
    const atMost = await prepare({ exp: nowS() + 24 * 3600 });
    await expect(relay('GarageMSP', atMost.command)).resolves.toBeDefined();
    const tooLong = await prepare({ exp: nowS() + 24 * 3600 + 1 });
    await expectRefusal(consortium, 'EXPIRY_INVALID', () => relay('GarageMSP', tooLong.command));
    const short = await prepare({ exp: nowS() + 2 });
    consortium.ledger.advance(1999);
    await expect(relay('GarageMSP', short.command)).resolves.toBeDefined();
    consortium.ledger.advance(1);
    const shorter = await prepare({ exp: nowS() + 2 });
    consortium.ledger.advance(2000);
    await expectRefusal(consortium, 'COMMAND_EXPIRED', () => relay('GarageMSP', shorter.command));
  });

  test('in the name of the owner by somebody else’s key is refused', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const command = await desk.sign(makeKey(), FN, vid, terms, { iss: owner.keyId });
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () => relay('GarageMSP', command));
  });

  test('that was tampered with, is no JSON or of another type is refused', async () => {
    const { vid, command } = await prepare();
    const [header = '', payload = '', signature = ''] = command.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const wider = Buffer.from(
      JSON.stringify({ ...claims, args: { ...terms, includesPast: true } }),
    );
    const tampered = `${header}.${wider.toString('base64url')}.${signature}`;
    await expectRefusal(consortium, 'COMMAND_SIGNATURE_INVALID', () =>
      relay('GarageMSP', tampered),
    );
    const text = await signJws(owner, COMMAND_TYPE, 'a text');
    await expectRefusal(consortium, 'COMMAND_MALFORMED', () => relay('GarageMSP', text));
    const ticket = await signJws(owner, 'passport-ticket+jws', claims);
    await expectRefusal(consortium, 'COMMAND_MALFORMED', () => relay('GarageMSP', ticket));
    for (const broken of ['', 'e30.e30', `${header}.${payload}`, `${command}A`, `${command}\n`]) {
      await expectRefusal(consortium, 'COMMAND_MALFORMED', () => relay('GarageMSP', broken));
    }
    expect(await grantsOf(vid)).toEqual([]);
  });

  test('may be relayed by active members only', async () => {
    const { command } = await prepare();
    const change = (name: string) => ({
      change: { change: name, mspId: 'GarageMSP', reason: 'a test of relays' },
    });
    await decide(change('suspend'));
    await expectRefusal(consortium, 'MEMBER_SUSPENDED', () => relay('GarageMSP', command));
    await decide(change('reinstate'));
    await expect(relay('GarageMSP', command)).resolves.toBeDefined();
  });
});

function nowS(): number {
  return Math.floor(consortium.ledger.now().getTime() / 1000);
}

async function decide(request: object): Promise<void> {
  const { answer } = await consortium.asAdmin('MakerMSP', 'Members', 'proposeChange', request);
  const { proposalId } = answer as { proposalId: string };
  await consortium.asAdmin('BankMSP', 'Members', 'approveChange', { proposalId });
}

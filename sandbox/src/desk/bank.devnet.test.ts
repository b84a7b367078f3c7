import { generateSigningKey, signCommand, type SigningKey } from '@passport/ledger-client';
import {
  amountOf,
  keyAccount,
  microOf,
  organisationAccount,
  parse,
  parseCommandId,
  parseMspId,
  type Payee,
  payeeDigest,
  reference,
} from '@passport/model';
import {
  type SmallNetwork,
  startSmallNetwork,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { deskApp } from './app.ts';
import { BankBook } from './bank-book.ts';
import { Bank } from './bank.ts';

const START_MS = 180_000;
const LIFETIME_MS = 600_000;
const payee: Payee = {
  v: 'passport/payee/1',
  iban: 'DE89370400440532013000',
  salt: 'c2FsdHNhbHRzYWx0c2FsdA',
};

let devnet: SmallNetwork;
let folder: TemporaryFolder;
let book: BankBook;
let bank: Bank;
let deposits = 0;

beforeAll(async () => {
  devnet = await startSmallNetwork();
  folder = await temporaryFolder('bank');
  book = BankBook.open(folder.path);
  bank = openBank();
}, START_MS);

afterAll(async () => {
  await book?.close();
  await devnet?.stop();
  await folder?.remove();
});

function openBank(): Bank {
  const { InsurerMSP, GarageMSP } = devnet.fixture.members;
  const now = (): Date => new Date();
  return new Bank({ custodian: InsurerMSP.user, auditor: GarageMSP.user, book, now });
}

async function supply(): Promise<bigint> {
  const { tokens } = devnet.fixture.members.MakerMSP.user;
  return microOf((await tokens.readSupply({ asset: 'PCC' })).supply);
}

/** Somebody with a new key, who has paid in so much. */
async function somebody(euros: string): Promise<SigningKey> {
  const key = await generateSigningKey();
  deposits += 1;
  await bank.deposit({ account: keyAccount(key.keyId), euros, reference: `test-${deposits}` });
  return key;
}

function redemption(key: SigningKey, micro: bigint, to = payeeDigest(payee)) {
  return signCommand(key, {
    ...{ channel: devnet.fixture.channel, functionName: 'Tokens:requestRedemptionSigned' },
    ...{ target: keyAccount(key.keyId), id: devnet.fixture.commandId() },
    expiresAt: new Date(Date.now() + LIFETIME_MS),
    args: { asset: 'PCC', lane: 0, amount: amountOf(micro), payTo: to },
  });
}

describe('the bank of the sandbox', { timeout: START_MS }, () => {
  test('mints for a deposit what can be spent, attests for it, and repeats nothing', async () => {
    const { keyId } = await generateSigningKey();
    const request = { account: keyAccount(keyId), euros: '12.50', reference: 'transfer-1' };
    const before = await supply();
    const first = await bank.deposit(request);
    expect(first).toMatchObject({ minted: '12500000', lane: 0, reference: 'transfer-1' });
    expect(await bank.deposit(request)).toEqual(first);
    expect(await openBank().deposit(request)).toEqual(first);
    expect((await supply()) - before).toBe(12_500_000n);
    expect(await bank.statement(request.account)).toMatchObject({
      ...{ total: '12500000', lanes: [{ lane: 0, free: '12500000' }], unfolded: '0' },
      ...{ paidIn: '12.50', paidOut: '0.00' },
    });
  });

  test('refuses another deposit under the same name', async () => {
    const account = keyAccount((await generateSigningKey()).keyId);
    await bank.deposit({ account, euros: '1', reference: 'transfer-2' });
    await expect(
      bank.deposit({ account, euros: '2', reference: 'transfer-2' }),
    ).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
    expect((await bank.statement(account)).total).toBe('1000000');
  });

  test('takes deposits that come together', async () => {
    const before = await supply();
    await Promise.all([1, 2, 3, 4].map(() => somebody('1.00')));
    expect((await supply()) - before).toBe(4_000_000n);
  });

  test('pays out once what its holder has signed for, and burns it', async () => {
    const key = await somebody('5');
    const command = await redemption(key, 2_000_000n);
    const before = await supply();
    const paid = await bank.redeem({ command, payee });
    expect(paid).toMatchObject({ euros: '2.00', status: 'paid' });
    expect(await bank.redeem({ command, payee })).toEqual(paid);
    expect(before - (await supply())).toBe(2_000_000n);
    expect(await bank.statement(keyAccount(key.keyId))).toMatchObject({
      ...{ total: '3000000', paidIn: '5.00', paidOut: '2.00' },
    });
  });

  test('pays out what an organisation has requested by itself, to whom it named', async () => {
    const { MakerMSP } = devnet.fixture.members;
    const from = organisationAccount(parseMspId('MakerMSP'));
    const paidIn = await bank.deposit({ account: from, euros: '3.00', reference: 'maker-1' });
    expect(paidIn).toMatchObject({ minted: '3000000', lane: null });
    const asset = 'PCC';
    const { credits } = await MakerMSP.user.tokens.readBalance({ asset, account: from });
    await MakerMSP.user.tokens.fold({
      ...{ commandId: devnet.fixture.commandId(), asset, account: from, lane: 0 },
      credits: credits.map(({ transactionId, leg }) => ({ transactionId, leg })),
    });
    const order = { asset: 'PCC', lane: 0, amount: amountOf(2_000_000n) } as const;
    const payTo = parse(reference, payeeDigest(payee));
    const requested = await MakerMSP.user.tokens.requestRedemption({
      ...{ commandId: devnet.fixture.commandId(), from, order: { ...order, payTo } },
    });
    const { redemptionId } = requested.answer;
    const other = { ...payee, salt: 'b3RoZXJvdGhlcm90aGVyMQ' };
    await expect(bank.redeem({ redemptionId, payee: other })).rejects.toMatchObject({
      code: 'COMMAND_TARGET_WRONG',
    });
    expect(await bank.redeem({ redemptionId, payee })).toMatchObject({ euros: '2.00' });
  });

  test('that ended between payout and burn goes on when it starts again', async () => {
    const key = await somebody('5');
    const { InsurerMSP } = devnet.fixture.members;
    const command = await redemption(key, 1_000_000n);
    const { answer } = await InsurerMSP.user.tokens.requestRedemptionSigned({
      commandId: parseCommandId('before-the-crash'),
      command,
    });
    const { redemptionId: name, from: account } = answer;
    await book.toPayOut({ account, name, micro: 1_000_000n, at: new Date() });
    await openBank().finish();
    expect(book.open()).toEqual([]);
    expect((await bank.statement(account)).paidOut).toBe('1.00');
    const { tokens } = InsurerMSP.user;
    expect(await tokens.readRedemption({ redemptionId: name })).toMatchObject({ status: 'paid' });
  });

  test.each([
    ['parts of a cent', 1n, undefined, 'EUROS_INVALID'],
    ['another payee than was signed', 10_000n, 'somebody-else', 'COMMAND_TARGET_WRONG'],
    ['more than there is', 6_000_000n, undefined, 'BALANCE_INSUFFICIENT'],
  ])('pays nothing for %s', async (_, micro, to, code) => {
    const key = await somebody('5');
    const command = await redemption(key, micro, to as ReturnType<typeof payeeDigest> | undefined);
    await expect(bank.redeem({ command, payee })).rejects.toMatchObject({ code });
    expect((await bank.statement(keyAccount(key.keyId))).lanes).toEqual([
      { lane: 0, free: '5000000' },
    ]);
  });

  test('says over HTTP what it refuses, as a problem', async () => {
    const bugs: unknown[] = [];
    const app = deskApp(bank, { onRefused: () => {}, onBug: (error) => bugs.push(error) });
    const post = (path: string, body: unknown): Promise<Response> =>
      Promise.resolve(app.request(path, { method: 'POST', body: JSON.stringify(body) }));
    const account = keyAccount((await generateSigningKey()).keyId);
    for (const [body, code] of [
      [{ account, euros: '0' }, 'EUROS_INVALID'],
      [{ account, euros: '10000.01' }, 'EUROS_INVALID'],
      [{ account, euros: 5 }, 'EUROS_INVALID'],
      [{ account: 'me', euros: '5' }, 'ACCOUNT_INVALID'],
      ['nothing', 'REQUEST_MALFORMED'],
    ] as const) {
      const answer = await post('/v1/deposits', body);
      expect(await answer.json()).toMatchObject({ code });
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    }
    const answer = await post('/v1/deposits', { account, euros: '3.00' });
    expect(await answer.json()).toMatchObject({ minted: '3000000' });
    expect((await app.request(`/v1/accounts/${account}`)).status).toBe(200);
    expect((await app.request('/v1/accounts/me')).status).toBe(400);
    expect(bugs).toEqual([]);
  });
});

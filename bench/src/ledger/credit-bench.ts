import {
  type EndorsedTransaction,
  generateSigningKey,
  signCommand,
  type SigningKey,
} from '@passport/ledger-client';
import {
  amountOf,
  instantOf,
  keyAccount,
  organisationAccount,
  parse,
  parseMspId,
  reference,
} from '@passport/model';
import type { PassportFixture } from '@passport/testkit';

import type { Figure } from '../figure.ts';
import { startLedgerNetwork } from './ledger-network.ts';
import { outcomeOf } from './outcome.ts';

const PAYERS = 100;
const AMOUNT = amountOf(1_000_000n);
const RESERVE = amountOf(1_000_000_000n);
const LIFETIME_MS = 600_000;

/** Payers of one account in one block: none may get in another's way. */
export async function creditBench(say: (line: string) => void): Promise<Figure[]> {
  // A block is cut when the last payer is there, and not before.
  const network = await startLedgerNetwork({ timeoutMs: 1_000, maxMessageCount: PAYERS });
  try {
    const { fixture } = network;
    const payers = await fundPayers(fixture);
    const endorsed = await Promise.all(payers.map((payer) => endorsePayment(fixture, payer)));
    const outcomes = await Promise.all(endorsed.map((transaction) => outcomeOf(transaction)));
    const blocks = new Set(outcomes.map(({ block }) => block));
    const valid = outcomes.filter(({ code }) => code === 'VALID').length;
    const conflicts = outcomes.filter(({ code }) => code === 'TRANSACTION_CONFLICT').length;
    say(`${PAYERS} payers: ${valid} valid in ${blocks.size} block(s), ${conflicts} conflicts`);
    return [
      {
        figure: `${PAYERS} payers of one account in ${blocks.size} block(s): valid`,
        value: valid,
        unit: 'tx',
        target: { atLeast: PAYERS },
      },
      { figure: 'conflicts among them', value: conflicts, unit: 'tx', target: { atMost: 0 } },
      { figure: 'blocks that they are in', value: blocks.size, unit: '', target: { atMost: 1 } },
    ];
  } finally {
    await network.stop();
  }
}

/** Mints, pays a key's account each, and folds the payment into a lane that can be spent. */
async function fundPayers(fixture: PassportFixture): Promise<SigningKey[]> {
  const { MakerMSP, InsurerMSP, GarageMSP } = fixture.members;
  const bank = organisationAccount(parseMspId('InsurerMSP'));
  const asset = 'PCC';
  const id = () => ({ commandId: fixture.commandId() });
  await InsurerMSP.user.tokens.attestReserve({
    ...id(),
    asset,
    amount: RESERVE,
    asOf: instantOf(Date.now() - 1_000),
    statement: parse(reference, 'bench'),
  });
  const { answer: mint } = await InsurerMSP.user.tokens.proposeMint({
    ...id(),
    asset,
    to: bank,
    amount: RESERVE,
    deposit: parse(reference, 'bench'),
  });
  const { answer: minted } = await GarageMSP.user.tokens.approveMint({
    ...id(),
    mintId: mint.mintId,
  });
  if (minted.credit === null) throw new Error('nothing was minted');
  const lane = 0;
  const fold = { asset, lane } as const;
  await InsurerMSP.user.tokens.fold({ ...id(), ...fold, account: bank, credits: [minted.credit] });
  const payers = await Promise.all(Array.from({ length: PAYERS }, () => generateSigningKey()));
  const legs = payers.map(({ keyId }) => ({ to: keyAccount(keyId), amount: AMOUNT }));
  const paid = await InsurerMSP.user.tokens.pay({ ...id(), asset, from: bank, lane, legs });
  await Promise.all(
    payers.map(({ keyId }, leg) => {
      const credits = [{ transactionId: paid.transactionId, leg }];
      const account = keyAccount(keyId);
      return MakerMSP.user.tokens.fold({ ...id(), ...fold, account, credits });
    }),
  );
  return payers;
}

async function endorsePayment(
  fixture: PassportFixture,
  payer: SigningKey,
): Promise<EndorsedTransaction> {
  const commandId = fixture.commandId();
  const command = await signCommand(payer, {
    channel: fixture.channel,
    functionName: 'Tokens:transferSigned',
    target: keyAccount(payer.keyId),
    id: commandId,
    expiresAt: new Date(Date.now() + LIFETIME_MS),
    args: {
      asset: 'PCC',
      lane: 0,
      to: organisationAccount(parseMspId('GarageMSP')),
      amount: AMOUNT,
    },
  });
  return fixture.members.MakerMSP.ledger.endorse({
    chaincode: 'passport',
    contract: 'Tokens',
    transaction: 'transferSigned',
    args: [JSON.stringify({ commandId, command })],
  });
}

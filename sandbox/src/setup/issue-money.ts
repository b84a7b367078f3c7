import {
  type Account,
  type Amount,
  amountOf,
  type Asset,
  type Balance,
  MICRO_PER_UNIT,
  organisationAccount,
  parseCommandId,
  parseInstant,
  parseMspId,
  reference,
  parse,
  type Supply,
} from '@passport/model';

import type { Members } from '../members.ts';
import { type Member, organisations } from '../organisations.ts';

const units = (whole: bigint): Amount => amountOf(whole * MICRO_PER_UNIT);

/** What the custodian attests to hold: more than is minted. */
const RESERVE: Readonly<Record<Asset, bigint>> = { PCC: 1_000_000n, 'PCC-GOLD': 10_000n };

/** Who buys data in the sandbox, and for how much PCC they paid in. */
const PCC_BUYERS: Readonly<Partial<Record<Member, bigint>>> = {
  InsurerMSP: 50_000n,
  MutualMSP: 25_000n,
};

/** What each member has of PCC-Gold. */
const GOLD_EACH = 1_000n;

const AS_OF = parseInstant('2026-01-01T00:00:00.000Z');

/** An organisation's main account. */
function accountOf(member: Member): Account {
  return organisationAccount(parseMspId(member));
}

/**
 * Attests the reserves, mints for deposits by custodian and auditor, and pays a first bill, all under
 * ids of their own, so that what an interrupted start has done is not done again. Throws LedgerError.
 */
export async function issueMoney(members: Members): Promise<void> {
  for (const asset of ['PCC', 'PCC-GOLD'] as const) {
    await members.BankMSP.user.tokens.attestReserve({
      commandId: parseCommandId(`sandbox-reserve-${asset}`),
      asset,
      amount: units(RESERVE[asset]),
      asOf: AS_OF,
      statement: parse(reference, `sandbox-statement-${asset}`),
    });
  }
  for (const { mspId } of organisations) {
    await mint(members, 'PCC-GOLD', mspId, GOLD_EACH);
    const pcc = PCC_BUYERS[mspId];
    if (pcc !== undefined) await mint(members, 'PCC', mspId, pcc);
  }
  await payFirstBill(members);
}

/** Whether all of it has been issued. */
export async function isMoneyIssued(members: Members): Promise<boolean> {
  const { credits, lanes } = await readBalance(members, 'PCC', 'MakerMSP');
  return credits.length + lanes.length > 0;
}

/** A member's balance. Throws LedgerError. */
export function readBalance(members: Members, asset: Asset, member: Member): Promise<Balance> {
  return members[member].user.tokens.readBalance({ asset, account: accountOf(member) });
}

/** How much there is of a token. Throws LedgerError. */
export function readSupply(members: Members, asset: Asset): Promise<Supply> {
  return members.BankMSP.user.tokens.readSupply({ asset });
}

async function mint(members: Members, asset: Asset, to: Member, whole: bigint): Promise<void> {
  const name = `${asset}-${to}`;
  const { answer } = await members.BankMSP.user.tokens.proposeMint({
    commandId: parseCommandId(`sandbox-mint-${name}`),
    asset,
    to: accountOf(to),
    amount: units(whole),
    deposit: parse(reference, `sandbox-deposit-${name}`),
  });
  const minted = await members.InspectionMSP.user.tokens.approveMint({
    commandId: parseCommandId(`sandbox-minted-${name}`),
    mintId: answer.mintId,
  });
  const { credit } = minted.answer;
  if (credit === null) throw new Error('what was minted has no credit');
  await members[to].user.tokens.fold({
    commandId: parseCommandId(`sandbox-fold-${name}`),
    asset,
    account: accountOf(to),
    lane: 0,
    credits: [credit],
  });
}

/** One insurer pays the maker and the garages, as a market will later. */
async function payFirstBill(members: Members): Promise<void> {
  await members.InsurerMSP.user.tokens.pay({
    commandId: parseCommandId('sandbox-first-bill'),
    from: accountOf('InsurerMSP'),
    asset: 'PCC',
    lane: 0,
    legs: [
      { to: accountOf('MakerMSP'), amount: units(120n) },
      { to: accountOf('GarageMSP'), amount: units(80n) },
    ],
  });
}

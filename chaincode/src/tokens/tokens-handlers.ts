import {
  type Account,
  amountOf,
  type CreditKey,
  microOf,
  PassportError,
  tokenCommands,
  type tokensContract,
} from '@passport/model';
import type { z } from 'zod';

import { requireCaller } from '../members/member-state.ts';
import type { Handlers } from '../transaction/contract-class.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { listCredits, takeCredits } from './credit-state.ts';
import { requireFolder, requireOwnAccount } from './holders.ts';
import { captureHold, closeHold, openHold, requireHold } from './holds.ts';
import { deposited } from './lane.ts';
import { changeLane, listLanes } from './lane-state.ts';
import { approveMint, proposeMint, rejectMint, requireMint } from './mints.ts';
import { payFrom } from './payments.ts';
import {
  confirmRedemption,
  rejectRedemption,
  requestRedemption,
  requireRedemption,
} from './redemptions.ts';
import { executeSigned } from './signed-orders.ts';
import { attested, changeSupply, readSupply } from './supply.ts';

/** Contract `Tokens`. */
export const tokensHandlers: Handlers<typeof tokensContract> = {
  async attestReserve(tx, { asset, amount, asOf, statement }) {
    const { mspId: custodian } = await requireCaller(tx, ['custodian']);
    if (asOf > tx.time) {
      throw new PassportError('RESERVE_IN_FUTURE', `as of ${asOf}, it is ${tx.time}`);
    }
    const reserve = { amount, asOf, custodian, statement };
    const supply = await changeSupply(tx, asset, (before) => attested(before, reserve));
    tx.emit('ReserveAttested', { asset, amount });
    return supply;
  },

  proposeMint,
  approveMint: (tx, { mintId }) => approveMint(tx, mintId),
  rejectMint: (tx, { mintId }) => rejectMint(tx, mintId),

  async transfer(tx, { from, order }) {
    await requireOwnAccount(tx, from);
    return { credit: await transfer(tx, from, order) };
  },

  transferSigned: (tx, { command }) =>
    executeSigned(
      tx,
      command,
      'Tokens:transferSigned',
      tokenCommands.transfer,
      async (from, order) => ({ credit: await transfer(tx, from, order) }),
    ),

  async pay(tx, { from, asset, lane, legs }) {
    await requireOwnAccount(tx, from);
    const credits = await payFrom(tx, { asset, account: from, lane }, legs);
    return { credits: credits.length };
  },

  async fold(tx, { asset, account, lane, credits }) {
    await requireFolder(tx, account);
    const micro = await takeCredits(tx, asset, account, credits);
    const after = await changeLane(tx, { asset, account, lane }, (it) => deposited(it, micro));
    tx.emit('Folded', { asset, credits: credits.length });
    return { lane, posted: amountOf(after.posted), held: amountOf(after.held) };
  },

  async openHold(tx, { from, order }) {
    await requireOwnAccount(tx, from);
    return openHold(tx, from, order);
  },

  openHoldSigned: (tx, { command }) =>
    executeSigned(tx, command, 'Tokens:openHoldSigned', tokenCommands.openHold, (from, order) =>
      openHold(tx, from, order),
    ),

  captureHold: (tx, { holdId, legs }) => captureHold(tx, holdId, legs),
  closeHold: (tx, { holdId }) => closeHold(tx, holdId),

  async requestRedemption(tx, { from, order }) {
    await requireOwnAccount(tx, from);
    return requestRedemption(tx, from, order);
  },

  requestRedemptionSigned: (tx, { command }) =>
    executeSigned(
      tx,
      command,
      'Tokens:requestRedemptionSigned',
      tokenCommands.requestRedemption,
      (from, order) => requestRedemption(tx, from, order),
    ),

  confirmRedemption: (tx, { redemptionId, payout }) => confirmRedemption(tx, redemptionId, payout),
  rejectRedemption: (tx, { redemptionId }) => rejectRedemption(tx, redemptionId),

  async readBalance(tx, { asset, account }) {
    const lanes = await listLanes(tx, asset, account);
    const credits = await listCredits(tx, asset, account);
    const total =
      lanes.reduce((sum, { posted }) => sum + microOf(posted), 0n) +
      credits.reduce((sum, { amount }) => sum + microOf(amount), 0n);
    return { asset, account, lanes, credits, total: amountOf(total) };
  },

  readSupply: (tx, { asset }) => readSupply(tx, asset),
  readMint: (tx, { mintId }) => requireMint(tx, mintId),
  readHold: (tx, { holdId }) => requireHold(tx, holdId),
  readRedemption: (tx, { redemptionId }) => requireRedemption(tx, redemptionId),
};

async function transfer(
  tx: Transaction,
  from: Account,
  { asset, lane, to, amount }: z.output<typeof tokenCommands.transfer>,
): Promise<CreditKey> {
  const [credit] = await payFrom(tx, { asset, account: from, lane }, [{ to, amount }]);
  if (credit === undefined) throw new Error('a payment of one leg has one credit');
  return credit;
}

import { generateSigningKey, signCommand } from '@passport/ledger-client';
import {
  amountOf,
  instantOf,
  keyAccount,
  organisationAccount,
  parse,
  parseMspId,
  reference,
} from '@passport/model';
import { describe, expect, test } from 'vitest';

import type { CurrentPassport } from '../../passport-network.ts';
import { expectRefused } from './refused.ts';

const asset = 'PCC';
const bank = organisationAccount(parseMspId('InsurerMSP'));
const garage = organisationAccount(parseMspId('GarageMSP'));

/** The money, as its holders see it. */
export function describeMoney(current: CurrentPassport): void {
  describe('money', () => {
    test('is backed, minted by two, paid, folded and redeemed, and adds up', async () => {
      const { members } = current();
      const id = () => ({ commandId: current().commandId() });
      const { InsurerMSP, GarageMSP, MakerMSP } = members;
      const mintRequest = (deposit: string) => ({
        ...({ ...id(), asset, to: bank, amount: amountOf(1_000n) } as const),
        deposit: parse(reference, deposit),
      });
      const proposed = await InsurerMSP.user.tokens.proposeMint(mintRequest('deposit-1'));
      const { mintId } = proposed.answer;
      await expectRefused(
        GarageMSP.user.tokens.approveMint({ ...id(), mintId }),
        'RESERVE_EXCEEDED',
      );
      await InsurerMSP.user.tokens.attestReserve({
        ...({ ...id(), asset, amount: amountOf(1_000n) } as const),
        asOf: instantOf(Date.now() - 5_000),
        statement: parse(reference, 'statement-1'),
      });
      await expectRefused(MakerMSP.user.tokens.approveMint({ ...id(), mintId }), 'ROLE_MISSING');
      const { answer: minted } = await GarageMSP.user.tokens.approveMint({ ...id(), mintId });
      await expectRefused(
        InsurerMSP.user.tokens.proposeMint(mintRequest('deposit-1')),
        'DEPOSIT_USED',
      );
      if (minted.credit === null) throw new Error('nothing was minted');
      const fold = { asset, lane: 0 } as const;
      const folding = { ...fold, account: bank, credits: [minted.credit] };
      await InsurerMSP.user.tokens.fold({ ...id(), ...folding });
      await expectRefused(InsurerMSP.user.tokens.fold({ ...id(), ...folding }), 'CREDIT_UNKNOWN');

      const owner = await generateSigningKey();
      const account = keyAccount(owner.keyId);
      const order = { asset, lane: 0, to: account, amount: amountOf(300n) } as const;
      await expectRefused(
        MakerMSP.user.tokens.transfer({ ...id(), from: bank, order }),
        'ACCOUNT_FOREIGN',
      );
      const { answer: paid } = await InsurerMSP.user.tokens.transfer({
        ...id(),
        from: bank,
        order,
      });
      await MakerMSP.user.tokens.fold({ ...id(), ...fold, account, credits: [paid.credit] });
      const command = await signCommand(owner, {
        channel: current().channel,
        functionName: 'Tokens:transferSigned',
        target: account,
        id: current().commandId(),
        expiresAt: new Date(Date.now() + 600_000),
        args: { asset, lane: 0, to: garage, amount: '120' },
      });
      const first = await MakerMSP.user.tokens.transferSigned({ ...id(), command });
      const again = await GarageMSP.user.tokens.transferSigned({ ...id(), command });
      expect(again.answer).toEqual(first.answer);

      const { answer: redemption } = await InsurerMSP.user.tokens.requestRedemption({
        ...id(),
        from: bank,
        order: { asset, lane: 0, amount: amountOf(200n), payTo: parse(reference, 'iban') },
      });
      await InsurerMSP.user.tokens.confirmRedemption({
        ...id(),
        redemptionId: redemption.redemptionId,
        payout: parse(reference, 'payout-1'),
      });
      const totals = await Promise.all(
        [bank, account, garage].map(
          async (holder) =>
            (await MakerMSP.user.tokens.readBalance({ asset, account: holder })).total,
        ),
      );
      expect(totals).toEqual(['500', '180', '120']);
      expect(await MakerMSP.user.tokens.readSupply({ asset })).toMatchObject({
        minted: '1000',
        burned: '200',
        supply: '800',
      });
    });

    test.each(['10abc', '-1', '1e3', '', '01', 10])('the amount %j is refused', async (amount) => {
      const { user } = current().members.InsurerMSP;
      const order = { asset, lane: 0, to: garage, amount: amount as never } as const;
      await expectRefused(
        user.tokens.transfer({ commandId: current().commandId(), from: bank, order }),
        'AMOUNT_INVALID',
      );
    });

    test('more than there is cannot be spent, nor what is not folded', async () => {
      const { user } = current().members.MakerMSP;
      const from = organisationAccount(parseMspId('MakerMSP'));
      const order = { asset, lane: 0, to: garage, amount: amountOf(1n) } as const;
      await expectRefused(
        user.tokens.transfer({ commandId: current().commandId(), from, order }),
        'BALANCE_INSUFFICIENT',
      );
    });
  });
}

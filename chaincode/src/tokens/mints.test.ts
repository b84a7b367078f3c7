import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { type Actor, TestTreasury } from './testing/test-treasury.ts';

const MAKER = 'org:MakerMSP';

let treasury: TestTreasury;
beforeEach(async () => {
  treasury = await TestTreasury.found();
});

let deposits = 0;
function proposal(changes: object = {}): object {
  deposits += 1;
  return { asset: 'PCC', to: MAKER, amount: '100', deposit: `deposit-${deposits}`, ...changes };
}

async function propose(changes: object = {}, actor: Actor = 'BankMSP'): Promise<string> {
  return (await treasury.submit(actor, 'proposeMint', proposal(changes))).answer.mintId;
}

describe('a mint', () => {
  test('is proposed by a custodian, approved by an auditor, and credits its receiver', async () => {
    await treasury.attest('100');
    const mintId = await propose({ deposit: 'SEPA/1' });
    expect(await treasury.read('readMint', { mintId })).toMatchObject({
      status: 'proposed',
      proposedBy: 'BankMSP',
      credit: null,
    });
    const { answer } = await treasury.submit('AuditMSP', 'approveMint', { mintId });
    expect(answer).toMatchObject({
      status: 'minted',
      endedBy: 'AuditMSP',
      deposit: 'SEPA/1',
      credit: { leg: 0 },
    });
    expect(await treasury.read('readSupply', { asset: 'PCC' })).toMatchObject({
      minted: '100',
      burned: '0',
      supply: '100',
    });
    expect(await treasury.balance(MAKER)).toMatchObject({ total: '100', lanes: [] });
  });

  test('of more than the attested reserve is refused, and of all of it is not', async () => {
    const mintId = await propose({ amount: '101' });
    const approve = () => treasury.submit('AuditMSP', 'approveMint', { mintId });
    await expectRefusal(treasury, 'RESERVE_EXCEEDED', approve);
    await treasury.attest('100');
    await expectRefusal(treasury, 'RESERVE_EXCEEDED', approve);
    await treasury.attest('101');
    await approve();
    const another = await propose({ amount: '1' });
    await expectRefusal(treasury, 'RESERVE_EXCEEDED', () =>
      treasury.submit('AuditMSP', 'approveMint', { mintId: another }),
    );
  });

  test('of one token takes nothing from the reserve of the other', async () => {
    await treasury.attest('100', 'PCC');
    const mintId = await propose({ asset: 'PCC-GOLD' });
    await expectRefusal(treasury, 'RESERVE_EXCEEDED', () =>
      treasury.submit('AuditMSP', 'approveMint', { mintId }),
    );
  });

  test('is not approved by the organisation that proposed it', async () => {
    await treasury.attest('100');
    const mintId = await propose({}, 'HouseMSP');
    await expectRefusal(treasury, 'SAME_ORGANISATION', () =>
      treasury.submit('HouseMSP', 'approveMint', { mintId }),
    );
    await treasury.submit('AuditMSP', 'approveMint', { mintId });
  });

  test('of a deposit that has one, of either token, is refused', async () => {
    await propose({ deposit: 'twice' });
    for (const asset of ['PCC', 'PCC-GOLD']) {
      await expectRefusal(treasury, 'DEPOSIT_USED', () => propose({ asset, deposit: 'twice' }));
    }
  });

  test('of one deposit, proposed twice at once, is proposed once', async () => {
    const request = proposal();
    const first = await treasury.endorse('BankMSP', 'proposeMint', request);
    const second = await treasury.endorse('HouseMSP', 'proposeMint', request);
    expect([first.commit(), second.commit()]).toEqual([true, false]);
  });

  test('that was rejected is over, and its deposit can be proposed again', async () => {
    await treasury.attest('100');
    const mintId = await propose({ deposit: 'again' });
    await treasury.submit('AuditMSP', 'rejectMint', { mintId, reason: 'a wrong amount' });
    for (const [name, more] of [
      ['approveMint', {}],
      ['rejectMint', { reason: 'once more' }],
    ] as const) {
      await expectRefusal(treasury, 'MINT_ENDED', () =>
        treasury.submit('AuditMSP', name, { mintId, ...more }),
      );
    }
    const next = await propose({ deposit: 'again' });
    await treasury.submit('AuditMSP', 'approveMint', { mintId: next });
    await expectRefusal(treasury, 'DEPOSIT_USED', () => propose({ deposit: 'again' }));
  });

  test('that was approved is not approved again', async () => {
    await treasury.attest('1000');
    const mintId = await propose();
    await treasury.submit('AuditMSP', 'approveMint', { mintId });
    await expectRefusal(treasury, 'MINT_ENDED', () =>
      treasury.submit('HouseMSP', 'approveMint', { mintId }),
    );
  });

  test('is rejected by its proposer too, and by nobody else without the role', async () => {
    const mintId = await propose();
    const reject = (actor: Actor) =>
      treasury.submit(actor, 'rejectMint', { mintId, reason: 'a mistake' });
    await expectRefusal(treasury, 'ROLE_MISSING', () => reject('MakerMSP'));
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => reject('StrangerMSP'));
    expect((await reject('BankMSP')).answer.endedBy).toBe('BankMSP');
  });

  test('takes the roles', async () => {
    await expectRefusal(treasury, 'ROLE_MISSING', () => propose({}, 'AuditMSP'));
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => propose({}, 'StrangerMSP'));
    const mintId = await propose();
    await expectRefusal(treasury, 'ROLE_MISSING', () =>
      treasury.submit('MakerMSP', 'approveMint', { mintId }),
    );
  });

  test('that nobody proposed is not there', async () => {
    const mintId = 'ab'.repeat(32);
    const unknown = (call: () => Promise<unknown>) => expectRefusal(treasury, 'MINT_UNKNOWN', call);
    await unknown(() => treasury.submit('AuditMSP', 'approveMint', { mintId }));
    await unknown(() => treasury.submit('AuditMSP', 'rejectMint', { mintId, reason: 'none' }));
    await unknown(() => treasury.read('readMint', { mintId }));
  });

  test('for who has been suspended since is refused until they are back', async () => {
    await treasury.attest('100');
    const mintId = await propose();
    await treasury.setStatus('MakerMSP', 'suspend');
    await expectRefusal(treasury, 'MEMBER_SUSPENDED', () => propose());
    await expectRefusal(treasury, 'MEMBER_SUSPENDED', () =>
      treasury.submit('AuditMSP', 'approveMint', { mintId }),
    );
    await treasury.setStatus('MakerMSP', 'reinstate');
    await treasury.submit('AuditMSP', 'approveMint', { mintId });
  });
});

describe('an attestation of the reserve', () => {
  const attest = (changes: object, actor: Actor = 'BankMSP') =>
    treasury.submit(actor, 'attestReserve', {
      ...{ asset: 'PCC', amount: '100', asOf: treasury.time(), statement: 'statement-1' },
      ...changes,
    });

  test('replaces an earlier one, and never a later one or one of the same time', async () => {
    const noon = treasury.time();
    await attest({ amount: '100', asOf: noon });
    await expectRefusal(treasury, 'RESERVE_STALE', () => attest({ amount: '900', asOf: noon }));
    const before = treasury.time(-1);
    await expectRefusal(treasury, 'RESERVE_STALE', () => attest({ amount: '900', asOf: before }));
    treasury.ledger.advance(1);
    const { answer } = await attest({ amount: '50' });
    expect(answer.reserve).toEqual({
      amount: '50',
      asOf: treasury.time(),
      custodian: 'BankMSP',
      statement: 'statement-1',
    });
  });

  test('of a time that is to come is refused', async () => {
    const asOf = treasury.time(1);
    await expectRefusal(treasury, 'RESERVE_IN_FUTURE', () => attest({ asOf }));
  });

  test('below what is out is refused, and of just that is not', async () => {
    await treasury.fund(MAKER, '100');
    treasury.ledger.advance(1);
    await expectRefusal(treasury, 'RESERVE_BELOW_SUPPLY', () => attest({ amount: '99' }));
    await attest({ amount: '100' });
  });

  test('takes a custodian', async () => {
    await expectRefusal(treasury, 'ROLE_MISSING', () => attest({}, 'AuditMSP'));
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => attest({}, 'StrangerMSP'));
  });
});

import { submits } from '@passport/model';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';

import { expectRefusal } from '../testing/refusal.ts';
import { TestLedger, type TestUser } from '../testing/test-ledger.ts';
import { makeUser } from '../testing/test-users.ts';
import { contractClass, type Handlers } from './contract-class.ts';
import { approve, propose } from './proposal.ts';

const topics = { topic: z.string(), proposalId: z.string() };
const decisionsContract = {
  propose: submits<string>()('Proposes a word.', { topic: z.string(), word: z.string() }),
  approve: submits<string>()('Approves it.', topics),
};
const decisions: Handlers<typeof decisionsContract> = {
  propose: (tx, { topic, word }) => propose(tx, topic, word),
  approve: async (tx, { topic, proposalId }) =>
    (await approve<string>(tx, topic, proposalId)).content,
};

let one: TestUser;
let other: TestUser;
beforeAll(async () => {
  one = await makeUser('OneMSP', 'admin');
  other = await makeUser('OtherMSP', 'admin');
});

let ledger: TestLedger;
let call: (
  user: TestUser,
  name: 'propose' | 'approve',
  request: object,
) => ReturnType<TestLedger['submit']>;
beforeEach(() => {
  ledger = new TestLedger('2026-11-23T10:00:00.000Z');
  const Decisions = contractClass('Decisions', decisionsContract, decisions, { now: ledger.now });
  const contract = new Decisions();
  let commands = 0;
  call = (user, name, request) => {
    commands += 1;
    return ledger.submit(contract, name, user, { commandId: `command-${commands}`, ...request });
  };
});

async function proposed(word: string, topic = 'a'): Promise<string> {
  return (await call(one, 'propose', { topic, word })).answer as string;
}

test('a proposal is approved by another organisation, once', async () => {
  const proposalId = await proposed('yes');
  const { answer, effects } = await call(other, 'approve', { topic: 'a', proposalId });
  expect(answer).toBe('yes');
  expect(effects.reads.filter((key) => key.startsWith('proposal'))).toEqual([
    `proposal|a|${proposalId}`,
  ]);
  expect(effects.ranges).toEqual([]);
  await expectRefusal({ ledger }, 'PROPOSAL_ENDED', () =>
    call(other, 'approve', { topic: 'a', proposalId }),
  );
});

test('a proposal is never approved by who made it', async () => {
  const proposalId = await proposed('yes');
  await expectRefusal({ ledger }, 'SAME_ORGANISATION', () =>
    call(one, 'approve', { topic: 'a', proposalId }),
  );
});

test('a proposal is found under its topic only', async () => {
  const proposalId = await proposed('yes');
  for (const wrong of [
    { topic: 'b', proposalId },
    { topic: 'a', proposalId: 'other' },
  ]) {
    await expectRefusal({ ledger }, 'PROPOSAL_UNKNOWN', () => call(other, 'approve', wrong));
  }
});

test('two proposals stay apart', async () => {
  const [yes, no] = [await proposed('yes'), await proposed('no')];
  const word = async (proposalId: string) =>
    (await call(other, 'approve', { topic: 'a', proposalId })).answer;
  expect([await word(no), await word(yes)]).toEqual(['no', 'yes']);
});

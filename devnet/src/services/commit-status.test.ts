import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { beforeEach, describe, expect, test } from 'vitest';

import { BlockFeed, LedgerRestored } from '../ledger/block-feed.ts';
import type { TransactionLocation } from '../ledger/store-values.ts';
import { AccessControl } from './access-control.ts';
import { CommitStatusFinder } from './commit-status.ts';

const NEVER = new AbortController().signal;

let feed: BlockFeed;
let transactions: Map<string, TransactionLocation>;
let finder: CommitStatusFinder;

beforeEach(() => {
  feed = new BlockFeed(3);
  transactions = new Map();
  finder = new CommitStatusFinder({
    channelId: 'passport',
    accessControl: new AccessControl('passport', () => undefined),
    feed,
    locate: (txId) => transactions.get(txId),
  });
});

function request(txId: string, channel = 'passport'): gateway.SignedCommitStatusRequest {
  const asked = new gateway.CommitStatusRequest();
  asked.setTransactionId(txId);
  asked.setChannelId(channel);
  const signed = new gateway.SignedCommitStatusRequest();
  signed.setRequest(asked.serializeBinary());
  return signed;
}

function commit(txId: string, code: number): void {
  transactions.set(txId, { block: feed.height, index: 0, code });
  feed.publish({ number: feed.height, transactions: [{ txId, code }] });
}

describe('commit status', () => {
  test('of a transaction that is there: at once', async () => {
    transactions.set('old', { block: 1, index: 0, code: 11 });
    const found = await finder.find(request('old'), NEVER);
    expect([found.getBlockNumber(), found.getResult()]).toEqual([1, 11]);
  });

  test('of one to come: when its block is there, not with the one before', async () => {
    const answer = finder.find(request('new'), NEVER);
    commit('other', 0);
    commit('new', 0);
    expect((await answer).getBlockNumber()).toBe(4);
  });

  test('given up by the caller: DEADLINE_EXCEEDED', async () => {
    const call = new AbortController();
    const answer = finder.find(request('never'), call.signal);
    call.abort();
    await expect(answer).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  });

  test('while the ledger is restored: fails, and does not wait on another chain', async () => {
    const answer = finder.find(request('lost'), NEVER);
    feed.reset(1);
    await expect(answer).rejects.toBeInstanceOf(LedgerRestored);
  });

  test('of another channel, or without a request: refused', async () => {
    await expect(finder.find(request('x', 'other'), NEVER)).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
    });
    const empty = new gateway.SignedCommitStatusRequest();
    await expect(finder.find(empty, NEVER)).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { generateSigningKey } from '@passport/ledger-client';
import type { Tab } from '@passport/model';
import { temporaryFolder } from '@passport/testkit';
import { describe, expect, test } from 'vitest';

import { FolderDisk } from '../journal/journal-disk.ts';
import { chargedOn, MarketWorld, NOW_MS, paying, PRICE } from '../testing/market-world.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { LostAnswers } from './lost-answers.ts';
import type { MarketDesk } from './market-desk.ts';

const child = fileURLToPath(new URL('../testing/sell-child.ts', import.meta.url));
const KILL_MS = 60_000;
const HOLD_MS = 60_000;
const key = await generateSigningKey();
const named = { 'Idempotency-Key': 'a-purchase-of-mine' };

/** A buyer with a tab, and what pays for one answer. */
async function buyerIn(world: MarketWorld) {
  const tab = world.openTab(key.keyId, 100n * PRICE);
  return { tab, pays: { ...(await paying(key, tab, 2n * PRICE, 1)), ...named } };
}

/** A process that sold an answer, and was killed before the answer left; what comes after it. */
async function afterKill(
  work: (
    world: MarketWorld,
    desk: MarketDesk,
    bought: Awaited<ReturnType<typeof buyerIn>>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await temporaryFolder('debits');
  try {
    const world = await MarketWorld.start();
    const bought = await buyerIn(world);
    const words = [child, folder.path, key.keyId, JSON.stringify(bought.pays)];
    const running = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
    expect(await once(running, 'close')).toEqual([null, 'SIGKILL']);
    const desk = await world.desk(await FolderDisk.open(folder.path));
    expect(chargedOn(desk, bought.tab)).toBe(PRICE);
    await work(world, desk, bought);
    await desk.journal.close();
  } finally {
    await folder.remove();
  }
}

const sweeperOf = (desk: MarketDesk): LostAnswers =>
  new LostAnswers({ desk, holdMs: HOLD_MS, logger: quiet });

describe('a server that was killed between debit and answer', { timeout: KILL_MS }, () => {
  test('gives the money back by itself when nobody asks again, and settles nothing before', async () => {
    await afterKill(async (world, desk, { tab, pays }) => {
      const lost = sweeperOf(desk);
      world.nowMs = NOW_MS + HOLD_MS - 1;
      expect(await lost.sweep()).toBe(0);
      expect(desk.journal.settleable).toEqual([]);
      world.nowMs += 1;
      expect(await lost.sweep()).toBe(1);
      expect(chargedOn(desk, tab)).toBe(0n);
      expect(desk.journal.settleable.map(({ entry }) => entry.kind)).toEqual(['sale', 'credit']);
      expect(await lost.sweep()).toBe(0);
      expect(await world.send(desk, pays)).toMatchObject({ code: 'ANSWER_GONE' });
    });
  });

  test('gives the answer to who asks again in time, and keeps the money', async () => {
    await afterKill(async (world, desk, { tab, pays }) => {
      const lost = sweeperOf(desk);
      expect(await world.send(desk, pays)).toMatchObject({ status: 200, body: 'usage at 7' });
      world.nowMs = NOW_MS + 2 * HOLD_MS;
      expect(await lost.sweep()).toBe(0);
      expect(chargedOn(desk, tab)).toBe(PRICE);
      expect(desk.journal.settleable).toHaveLength(1);
    });
  });

  test('does not give back what is asked for at this moment', async () => {
    await afterKill(async (world, desk, { tab, pays }) => {
      const lost = sweeperOf(desk);
      world.nowMs = NOW_MS + HOLD_MS;
      const [reply, given] = await Promise.all([world.send(desk, pays), lost.sweep()]);
      expect([reply.status, given, chargedOn(desk, tab)]).toEqual([200, 0, PRICE]);
    });
  });

  test('gives it back once the ledger is there again', async () => {
    await afterKill(async (world, desk, { tab }) => {
      const lost = sweeperOf(desk);
      world.nowMs = NOW_MS + HOLD_MS;
      world.isLedgerAway = true;
      expect(await lost.sweep()).toBe(0);
      expect(chargedOn(desk, tab)).toBe(PRICE);
      world.isLedgerAway = false;
      expect(await lost.sweep()).toBe(1);
    });
  });
});

describe('a server that goes on', () => {
  async function bought(desk: MarketDesk, world: MarketWorld): Promise<Tab> {
    const { tab, pays } = await buyerIn(world);
    expect(await world.send(desk, pays)).toMatchObject({ status: 200 });
    return tab;
  }

  test('or has ended in order has delivered, and gives nothing back', async () => {
    const world = await MarketWorld.start();
    const before = await world.desk();
    const tab = await bought(before, world);
    await before.journal.close();
    const desk = await world.desk();
    expect(desk.journal.undelivered).toEqual([]);
    expect(chargedOn(desk, tab)).toBe(PRICE);
  });

  test('or was killed behind the note of what has left gives nothing of that back', async () => {
    const world = await MarketWorld.start();
    const before = await world.desk();
    await bought(before, world);
    await sweeperOf(before).sweep();
    expect((await world.desk()).journal.undelivered).toEqual([]);
  });

  test('gives back what a failure behind the debit has stopped', async () => {
    const world = await MarketWorld.start();
    const desk = await world.desk();
    const { tab, pays } = await buyerIn(world);
    desk.answers.keep = () => {
      throw new Error('a bug');
    };
    await expect(world.send(desk, pays)).rejects.toThrow('a bug');
    const lost = sweeperOf(desk);
    expect([await lost.sweep(), chargedOn(desk, tab)]).toEqual([0, PRICE]);
    world.nowMs += HOLD_MS;
    expect([await lost.sweep(), chargedOn(desk, tab)]).toEqual([1, 0n]);
  });
});

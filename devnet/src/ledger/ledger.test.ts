import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { LedgerRestored } from './block-feed.ts';
import { Ledger } from './ledger.ts';

const NEVER = new AbortController().signal;

let directory: string;
let ledger: Ledger;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-'));
  ledger = await Ledger.open('passport', directory);
});

afterEach(async () => {
  await ledger.close();
  await rm(directory, { recursive: true, force: true });
});

/** Appends a block that sets the key `k`. */
async function append(value: string): Promise<void> {
  const number = ledger.tip.height;
  const update = {
    namespace: 'cc',
    key: 'k',
    value: Buffer.from(value),
    version: { block: number, tx: 0 },
  };
  await ledger.append({
    number,
    block: Buffer.from(`block ${number} ${value}`),
    headerHash: Buffer.alloc(32, number + 1),
    commitHash: Buffer.alloc(32, number + 1),
    transactions: [{ txId: `tx-${value}`, code: 0, timestamp: { seconds: 0, nanos: 0 } }],
    state: [update],
    history: [update],
    explanations: new Map(),
  });
}

function valueOfK(): string | undefined {
  const snapshot = ledger.snapshot();
  try {
    return snapshot.get('cc', 'k')?.value.toString();
  } finally {
    snapshot.close();
  }
}

describe('snapshots', () => {
  test('a restored ledger is as it was, goes on from there, and stays so when reopened', async () => {
    await append('one');
    await ledger.saveSnapshot('before');
    await append('two');
    expect(valueOfK()).toBe('two');
    await ledger.restoreSnapshot('before');
    expect(valueOfK()).toBe('one');
    expect(ledger.feed.height).toBe(1);
    expect(ledger.transaction('tx-two')).toBeUndefined();
    await append('other');
    await ledger.close();
    ledger = await Ledger.open('passport', directory);
    expect(valueOfK()).toBe('other');
    expect(ledger.block(1)?.toString()).toBe('block 1 other');
    expect(await ledger.snapshotNames()).toEqual(['before']);
  });

  test('a snapshot of the same name replaces the older one, and can be restored twice', async () => {
    await append('one');
    await ledger.saveSnapshot('s');
    await append('two');
    await ledger.saveSnapshot('s');
    for (const value of ['three', 'four']) {
      await append(value);
      await ledger.restoreSnapshot('s');
      expect(valueOfK()).toBe('two');
    }
  });

  test('what is no name, or of no snapshot, is refused and changes nothing', async () => {
    await append('one');
    for (const name of ['', '../x', 'UPPER', 'a'.repeat(65), '-a']) {
      await expect(ledger.saveSnapshot(name)).rejects.toMatchObject({
        code: 'DEVNET_SNAPSHOT_NAME',
      });
      await expect(ledger.restoreSnapshot(name)).rejects.toMatchObject({
        code: 'DEVNET_SNAPSHOT_NAME',
      });
    }
    await expect(ledger.restoreSnapshot('unknown')).rejects.toMatchObject({
      code: 'DEVNET_SNAPSHOT_UNKNOWN',
    });
    expect(valueOfK()).toBe('one');
  });

  test('a state that is being read when the ledger is restored stays as it was', async () => {
    await append('one');
    await ledger.saveSnapshot('s');
    await append('two');
    const reading = ledger.snapshot();
    const range = reading.range('cc', '', '')[Symbol.iterator]();
    await ledger.restoreSnapshot('s');
    expect(reading.get('cc', 'k')?.value.toString()).toBe('two');
    expect(range.next().value).toMatchObject({ key: 'k', version: { block: 1, tx: 0 } });
    reading.close();
    await ledger.close();
    expect(await readdir(join(directory, 'ledger'))).toEqual(['snapshots', 'store-2']);
    ledger = await Ledger.open('passport', directory);
  });

  test('a crash amid a restore or a save leaves the ledger that was', async () => {
    await append('one');
    await ledger.saveSnapshot('s');
    await ledger.close();
    for (const draft of ['store-2.draft', 'snapshots/t.draft']) {
      await mkdir(join(directory, 'ledger', draft));
      await writeFile(join(directory, 'ledger', draft, 'data.mdb'), 'half');
    }
    ledger = await Ledger.open('passport', directory);
    expect(valueOfK()).toBe('one');
    expect(await ledger.snapshotNames()).toEqual(['s']);
    await ledger.restoreSnapshot('s');
    expect(valueOfK()).toBe('one');
  });

  test('close() waits for who still reads the state', async () => {
    await append('one');
    const reading = ledger.snapshot();
    let closed = false;
    const closing = ledger.close().then(() => {
      closed = true;
    });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(closed).toBe(false);
    expect(reading.get('cc', 'k')?.value.toString()).toBe('one');
    reading.close();
    await closing;
    ledger = await Ledger.open('passport', directory);
  });
});

describe('block feed', () => {
  test('who waits for a block gets word when it is durable', async () => {
    const arrived = ledger.feed.waitFor(0, NEVER).then(() => ledger.block(0)?.toString());
    await append('one');
    expect(await arrived).toBe('block 0 one');
    expect(await ledger.feed.waitFor(0, NEVER)).toBe(true);
  });

  test('who gives up is told that there is no block', async () => {
    const stop = new AbortController();
    const waiting = ledger.feed.waitFor(0, stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
    expect(await ledger.feed.waitFor(0, stop.signal)).toBe(false);
  });

  test('a restore fails those who wait, and those who began before it and wait later', async () => {
    await append('one');
    await ledger.saveSnapshot('s');
    const { life } = ledger.feed;
    const waiting = ledger.feed.waitFor(1, NEVER, life);
    const refused = expect(waiting).rejects.toBeInstanceOf(LedgerRestored);
    await ledger.restoreSnapshot('s');
    await refused;
    await expect(ledger.feed.waitFor(0, NEVER, life)).rejects.toBeInstanceOf(LedgerRestored);
    expect(await ledger.feed.waitFor(0, NEVER)).toBe(true);
  });
});

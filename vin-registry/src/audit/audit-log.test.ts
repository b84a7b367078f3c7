import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseKeyId, parseMspId } from '@passport/model';
import { temporaryFolder } from '@passport/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type AuditEntry, AuditLog } from './audit-log.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;

beforeEach(async () => {
  folder = await temporaryFolder('audit');
  path = join(folder.path, 'made', 'audit.jsonl');
});

afterEach(() => folder.remove());

function entry(count: number): AuditEntry {
  return {
    at: new Date('2026-11-28T12:00:00.000Z'),
    member: parseMspId('GarageMSP'),
    keyId: parseKeyId('A'.repeat(43)),
    action: 'evaluate',
    count,
    outcome: 'ok',
  };
}

async function counts(): Promise<number[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { readonly count: number }).count);
}

describe('the audit log', () => {
  test('has each entry as a line, in order, as soon as it is taken', async () => {
    const log = await AuditLog.open(path);
    await log.append(entry(0));
    expect(await counts()).toEqual([0]);
    await Promise.all(Array.from({ length: 50 }, (_, index) => log.append(entry(index + 1))));
    expect(await counts()).toEqual(Array.from({ length: 51 }, (_, index) => index));
    await log.close();
  });

  test('goes on where it was', async () => {
    for (const count of [1, 2]) {
      const log = await AuditLog.open(path);
      await log.append(entry(count));
      await log.close();
    }
    expect(await counts()).toEqual([1, 2]);
  });

  test('that cannot be written takes nothing any more, and says so', async () => {
    const log = await AuditLog.open(path);
    await log.close();
    await expect(log.append(entry(1))).rejects.toThrow(/closed/);
    await expect(log.append(entry(2))).rejects.toThrow(/closed/);
    expect(log.trouble).toBe('the audit log cannot be written');
  });
});

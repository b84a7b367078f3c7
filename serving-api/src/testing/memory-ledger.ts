import {
  type CommandId,
  type Member,
  parseMspId,
  PassportError,
  type ReadInput,
  type ReadRecord,
  type Vid,
} from '@passport/model';

import { type ReadLedger, ReadRefused } from '../reads/read-ledger.ts';
import { timeAt } from './consent-lines.ts';

/** What the ledger does with the next batch. */
export type Fate = 'records' | 'is away' | 'records and does not say so';

/** A ledger of reads in memory, which executes a command once, as the contracts do. */
export class MemoryReadLedger implements ReadLedger {
  readonly #commands = new Map<CommandId, string>();
  readonly #reads: ReadInput[] = [];
  /** What it does next; then it records. */
  readonly fates: Fate[] = [];
  /** Grants that it does not know. */
  readonly unknown = new Set<string>();
  readonly suspended = new Set<string>();
  ownerEpoch = 1;
  pageSize = 500;
  isAway = false;

  /** All reads, in the order in which they were recorded. */
  get reads(): readonly ReadInput[] {
    return this.#reads;
  }

  async record(commandId: CommandId, reads: readonly ReadInput[]): Promise<void> {
    await Promise.resolve();
    const fate = this.isAway ? 'is away' : (this.fates.shift() ?? 'records');
    if (fate === 'is away') throw away();
    const payload = JSON.stringify(reads);
    const before = this.#commands.get(commandId);
    if (before !== undefined && before !== payload) throw new Error('COMMAND_ID_REUSED');
    if (before === undefined) {
      const index = reads.findIndex(({ grantId }) => this.unknown.has(grantId));
      if (index !== -1) throw new ReadRefused(index, 'GRANT_UNKNOWN');
      this.#commands.set(commandId, payload);
      this.#reads.push(...reads);
    }
    if (fate !== 'records') throw away();
  }

  async count(vid: Vid) {
    await Promise.resolve();
    if (this.isAway) throw away();
    const names = new Map<string, Set<string>>();
    for (const read of this.#reads) {
      if (read.vid !== vid || read.ownerEpoch !== this.ownerEpoch) continue;
      names.set(read.grantId, (names.get(read.grantId) ?? new Set()).add(read.query));
    }
    const queries = Object.fromEntries([...names].map(([grantId, { size }]) => [grantId, size]));
    return { ownerEpoch: this.ownerEpoch, queries };
  }

  async page(vid: Vid, ownerEpoch: number, after?: string) {
    await Promise.resolve();
    if (this.isAway) throw away();
    const of = this.#reads
      .filter((read) => read.vid === vid && read.ownerEpoch === ownerEpoch)
      .map(({ vid: _, ownerEpoch: __, ...read }): ReadRecord => ({
        ...read,
        by: parseMspId('MarketMSP'),
        recordedAt: timeAt(0) as ReadRecord['recordedAt'],
      }))
      .reverse();
    const from = after === undefined ? 0 : Number(after.slice(0, 15));
    const end = from + this.pageSize;
    const next = end < of.length ? `${String(end).padStart(15, '0')} ${'0'.repeat(64)}` : null;
    return { reads: of.slice(from, end), next };
  }

  async members(): Promise<readonly Member[]> {
    await Promise.resolve();
    if (this.isAway) throw away();
    return ['GarageMSP', 'InsurerMSP', 'MarketMSP'].map((mspId) => ({
      mspId: parseMspId(mspId),
      name: mspId,
      roles: ['operator'],
      status: this.suspended.has(mspId) ? 'suspended' : 'active',
      version: 1,
    }));
  }
}

function away(): PassportError {
  return new PassportError('NOT_READY', 'the ledger does not answer');
}

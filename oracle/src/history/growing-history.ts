import type { common } from '@hyperledger/fabric-protos';

import { headerHash, sha256 } from '../blocks/header-hash.ts';
import { type StateWrite, type Transaction, transactionsOf } from '../blocks/transactions.ts';
import { HistoryError } from '../history-error.ts';
import {
  type Acts,
  type History,
  isEvent,
  isSamePlace,
  type Line,
  type ReadBlock,
  type Reader,
} from './history.ts';
import type { StateValues } from './ledger-state.ts';
import {
  type Address,
  entryLines,
  erasureLine,
  grantLine,
  keysLine,
  ownerLine,
  registrationLine,
} from './lines.ts';

/** A block as peers deliver it. */
export type LedgerBlock = common.Block;

/** A history to which blocks are added one after the other. */
export class GrowingHistory implements History {
  readonly blocks: ReadBlock[] = [];
  readonly lines: Line[] = [];
  readonly #chaincode: string;
  readonly #sourceKinds = new Map<string, string>();
  readonly acts = new Map<string, Acts>();
  readonly market: Reader | undefined;
  readonly #linesOfVehicle = new Map<string, Line[]>();

  /** `chaincode` is the name that the passport's chaincode has on the channel. */
  constructor(chaincode: string, market?: Reader) {
    this.#chaincode = chaincode;
    this.market = market;
  }

  /**
   * Verifies the next block (number, hash of the one before, hash of its data) and keeps what it tells.
   * That an orderer has signed it is the peer's to check, from whom it comes. Throws HistoryError; the
   * history is of no use then.
   */
  add(block: common.Block): void {
    const number = this.blocks.length;
    const header = block.getHeader();
    if (header === undefined) throw new HistoryError('BLOCK_MALFORMED', 'it has no header', number);
    if (header.getNumber() !== number) {
      throw new HistoryError('CHAIN_BROKEN', `block ${header.getNumber()} came instead`, number);
    }
    const before = this.blocks.at(-1);
    const previous = Buffer.from(header.getPreviousHash_asU8()).toString('hex');
    if (before !== undefined && previous !== before.hash) {
      throw new HistoryError('CHAIN_BROKEN', 'it follows from another block', number);
    }
    const dataHash = Buffer.from(header.getDataHash_asU8()).toString('hex');
    if (dataHash !== sha256(block.getData()?.getDataList_asU8() ?? [])) {
      throw new HistoryError('CHAIN_BROKEN', 'its data are not what its header says', number);
    }
    const transactions = this.#transactionsOf(block, number);
    const times = transactions.map(({ timeMs }) => timeMs);
    const ledgerTimeMs = Math.max(before?.ledgerTimeMs ?? 0, ...times);
    this.blocks.push({ number, hash: headerHash(header), ledgerTimeMs });
    for (const transaction of transactions) this.#addTransaction(number, transaction);
  }

  #transactionsOf(block: common.Block, number: number): Transaction[] {
    try {
      return transactionsOf(block, this.#chaincode);
    } catch (error) {
      throw new HistoryError('BLOCK_MALFORMED', 'it cannot be read', number, error);
    }
  }

  /** Sources first, then what tells of vehicles and owners, then entries, which may refer to it. */
  #addTransaction(block: number, { tx, timeMs, writes }: Transaction): void {
    const read = <Type extends keyof StateValues>(
      type: Type,
    ): readonly (readonly [StateValues[Type], StateWrite])[] =>
      writes
        .filter((write) => write.type === type)
        .map((write) => [parse(write, block) as StateValues[Type], write]);
    const lines: Line[] = [];
    const next = (): Address => ({ block, tx, index: lines.length });
    for (const [{ source, kind }] of read('source')) {
      this.#sourceKinds.set(source, kind);
    }
    for (const [value] of read('vehicle')) {
      const { registeredBy: by, sealed: papers = {} } = value;
      this.#actsOf(value.vid).registrations.push({ block, tx, by, papers });
      lines.push(registrationLine(value, next()));
    }
    for (const [owner, { names }] of read('ownership')) {
      const { ownerEpoch } = owner;
      const { owners } = this.#actsOf(names[0] ?? '');
      // An erasure writes an owner again, without the name.
      if (owners.some((before) => before.ownerEpoch >= ownerEpoch)) continue;
      owners.push({ block, tx, ownerEpoch });
      lines.push(ownerLine(names[0] ?? '', owner, timeMs, next()));
    }
    for (const [keys] of read('sealing-keys')) lines.push(keysLine(keys, timeMs, next()));
    for (const [grant] of read('grant')) {
      this.#actsOf(grant.vid).grants.push({ block, tx, grant });
      lines.push(grantLine(grant, timeMs, next()));
    }
    for (const [erasure] of read('erasure')) {
      this.#actsOf(erasure.vid).erasures.push({ block, tx, ownerEpoch: erasure.ownerEpoch });
      lines.push(erasureLine(erasure, timeMs, next()));
    }
    for (const [entry] of read('log')) {
      if (entry.v !== 1) {
        throw new HistoryError('BLOCK_MALFORMED', `an entry of version ${entry.v}`, block);
      }
      lines.push(...entryLines(entry, next(), this.#sourceKinds.get(entry.source)));
    }
    for (const line of lines) this.#addLine(line);
  }

  #actsOf(vid: string): Acts {
    const known = this.acts.get(vid);
    if (known !== undefined) return known;
    const none: Acts = { registrations: [], owners: [], grants: [], erasures: [] };
    this.acts.set(vid, none);
    return none;
  }

  #addLine(line: Line): void {
    const before = this.#linesOfVehicle.get(line.vid) ?? [];
    const voids = line.event?.voids;
    if (voids !== undefined) {
      const events = before.filter(isEvent);
      const isKnown = events.some(
        ({ event }) => event.voids === undefined && isSamePlace(event.place, voids),
      );
      const isVoid = events.some(
        ({ event }) => event.voids !== undefined && isSamePlace(event.voids, voids),
      );
      if (!isKnown || isVoid) {
        const what = `${line.vid} ${voids.source} ${voids.entry} ${voids.index}`;
        const why = isVoid ? `${what} is voided twice` : `${what} is voided, and was never there`;
        throw new HistoryError('VOID_IMPOSSIBLE', why, line.block);
      }
    }
    this.lines.push(line);
    before.push(line);
    this.#linesOfVehicle.set(line.vid, before);
  }
}

function parse({ type, text }: StateWrite, block: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HistoryError(
      'BLOCK_MALFORMED',
      `a value of a key "${type}" is no JSON`,
      block,
      error,
    );
  }
}

/**
 * Reads a ledger from its first block on. Throws HistoryError.
 */
export async function readChain(
  blocks: Iterable<common.Block> | AsyncIterable<common.Block>,
  { chaincode, market }: { readonly chaincode: string; readonly market?: Reader },
): Promise<History> {
  const history = new GrowingHistory(chaincode, market);
  for await (const block of blocks) history.add(block);
  return history;
}

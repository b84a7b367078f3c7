import type { common } from '@hyperledger/fabric-protos';

import { headerHash, sha256 } from '../blocks/header-hash.ts';
import { type StateWrite, type Transaction, transactionsOf } from '../blocks/transactions.ts';
import { HistoryError } from '../history-error.ts';
import { clearFields, papersOf } from './clear-fields.ts';
import {
  type History,
  isEvent,
  isSamePlace,
  type Line,
  type Papers,
  type ReadBlock,
} from './history.ts';
import type { StateValues } from './ledger-state.ts';
import { type Address, entryLines, ownerLine, registrationLine } from './lines.ts';

/** A block as peers deliver it. */
export type LedgerBlock = common.Block;

/** A history to which blocks are added one after the other. */
export class GrowingHistory implements History {
  readonly blocks: ReadBlock[] = [];
  readonly lines: Line[] = [];
  readonly #chaincode: string;
  readonly #sourceKinds = new Map<string, string>();
  readonly #papers = new Map<string, Papers>();
  readonly #linesOfVehicle = new Map<string, Line[]>();

  /** `chaincode` is the name that the passport's chaincode has on the channel. */
  constructor(chaincode: string) {
    this.#chaincode = chaincode;
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

  /** Sources first, then registrations, owners, entries: an entry may refer to what came with it. */
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
    for (const [registration] of read('vehicle')) {
      this.#papers.set(registration.vid, papersOf(clearFields(registration.sealed)));
      lines.push(registrationLine(registration, next()));
    }
    for (const [owner, { names }] of read('ownership')) {
      lines.push(ownerLine(names[0] ?? '', owner, timeMs, next()));
    }
    for (const [entry] of read('log')) {
      if (entry.v !== 1) {
        throw new HistoryError('BLOCK_MALFORMED', `an entry of version ${entry.v}`, block);
      }
      const known = {
        sourceKind: this.#sourceKinds.get(entry.source),
        papers: this.#papers.get(entry.vid),
      };
      lines.push(...entryLines(entry, next(), known));
    }
    for (const line of lines) this.#addLine(line);
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
  { chaincode }: { readonly chaincode: string },
): Promise<History> {
  const history = new GrowingHistory(chaincode);
  for await (const block of blocks) history.add(block);
  return history;
}

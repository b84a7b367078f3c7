import type { ViewArchive, Watermark } from '@passport/batch-layer';
import {
  type BlockHead,
  type ExactAt,
  firstBucket,
  instantOf,
  type PackedFacts,
  PassportError,
  type View,
  type ViewAnswer,
  type ViewQuery,
  views,
  VIEW_DEFINITIONS,
  windows,
} from '@passport/model';
import type { Delta, Position, SpeedReader } from '@passport/speed-layer';

import type { Floor } from '../cubes/candidates.ts';
import { requireKnownValues } from '../cubes/known-values.ts';
import { queryCube } from '../cubes/query-cube.ts';
import { CubeSet } from './cube-set.ts';
import { hasErasure } from './erasures.ts';

/** What a mirror is made of. */
export type MirrorOptions = {
  readonly archive: ViewArchive;
  readonly speed: SpeedReader;
  readonly partitions: number;
  readonly limits?: MirrorLimits;
};

/** What a mirror keeps of blocks that are not the newest any more. */
export type MirrorLimits = { readonly heldBlocks: number; readonly heldFacts: number };

export const defaultMirrorLimits: MirrorLimits = { heldBlocks: 256, heldFacts: 1_000_000 };

/** A block that the mirror has. */
type Held = {
  readonly number: number;
  readonly ledgerTimeMs: number;
  readonly exactAt: ExactAt;
  /** Packed facts that it is in, of each partition. */
  readonly packed: readonly PackedFacts[];
  readonly facts: number;
};

/** State and views do not go together yet; it is worth trying again. */
export class NotYet extends PassportError {
  constructor(why: string) {
    super('NOT_READY', why);
  }
}

/**
 * All views in memory, exact at one block: those of the archive up to its watermark, and the sums of
 * the speed layer behind it. It moves to a block only when every partition has reached it.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #cubes: CubeSet;
  readonly #ledger: string;
  readonly #epochBlocks: number;
  readonly #limits: MirrorLimits;
  /** Newest last; the newest is where the mirror is. */
  readonly #held: Held[];

  private constructor(
    options: MirrorOptions,
    cubes: CubeSet,
    at: Pick<Position, 'ledger' | 'epochBlocks'>,
    newest: Held,
  ) {
    this.#options = options;
    this.#cubes = cubes;
    this.#ledger = at.ledger;
    this.#epochBlocks = at.epochBlocks;
    this.#limits = options.limits ?? defaultMirrorLimits;
    this.#held = [newest];
  }

  /**
   * Loads archive and state. The watermark is read again behind it: had it moved, the state before it
   * may have been dropped in between. Throws {@link NotYet} while the two do not meet.
   */
  static async load(options: MirrorOptions): Promise<Mirror> {
    const { archive, speed, partitions } = options;
    const watermark = await archive.watermark();
    const base = watermark?.block ?? -1;
    const cubes = new CubeSet();
    if (watermark !== undefined) {
      for await (const cells of archive.cells(watermark)) cubes.add(cells);
    }
    const stands: number[] = [];
    let found: Position | undefined;
    for (let partition = 0; partition < partitions; partition += 1) {
      const epoch = watermark === undefined ? 0 : (base + 1) / watermark.epochBlocks;
      const state = await speed.state(partition, epoch);
      if (state === undefined) throw new NotYet(`partition ${partition} has no whole state yet`);
      checkPosition(state.position, watermark, partition);
      found = state.position;
      cubes.add(state.cells.map(({ cell, key, sum }) => ({ cell, key, delta: sum })));
      const from = Math.max(base + 1, state.position.since);
      for (let number = from; number <= state.position.block; number += 1) {
        cubes.addBlock(findBlock(state.deltas, number).packed, number, 1, 'sparse');
      }
      stands.push(Math.max(state.position.block, base));
    }
    if (found === undefined) throw new RangeError('a ledger has one partition at least');
    const block = Math.max(...stands);
    for (const [partition, stand] of stands.entries()) {
      if (stand === block) continue;
      const deltas = await speed.deltas(partition, stand, block, found.epochBlocks);
      if (deltas === undefined) throw new NotYet(`partition ${partition} is not at ${block} yet`);
      for (let number = stand + 1; number <= block; number += 1) {
        cubes.addBlock(findBlock(deltas, number).packed, number, 1);
      }
    }
    const again = await archive.watermark();
    if (again?.block !== watermark?.block) throw new NotYet('the watermark has moved meanwhile');
    const newest = await newestOf(options, block, watermark, found);
    return new Mirror(options, cubes, found, newest);
  }

  get ledger(): string {
    return this.#ledger;
  }

  /** The block that answers are exact at, unless they ask for an older one. */
  get block(): number {
    return this.#newest.number;
  }

  /** The oldest block that can be asked for. */
  get oldestBlock(): number {
    return this.#held[0]?.number ?? this.block;
  }

  /** Where answers are exact. Throws PassportError `BLOCK_NOT_HELD`. */
  exactAt(atBlock?: number): ExactAt {
    return this.#heldAt(atBlock).exactAt;
  }

  /**
   * Moves on to the highest block that all partitions have reached, and answers whether it moved.
   * Throws {@link NotYet} when what lies between is gone: then a new mirror is to be loaded.
   */
  async advance(): Promise<boolean> {
    const { speed, partitions } = this.#options;
    const positions = await speed.positions(partitions);
    const reached = positions.map((position) => {
      if (position === undefined) throw new NotYet('the state of a partition was lost');
      if (position.ledger !== this.#ledger) {
        throw new NotYet(`state is of ${position.ledger}, answers are of ${this.#ledger}`);
      }
      return position.block;
    });
    const from = this.block;
    const target = Math.min(...reached);
    if (target <= from) return false;
    const deltas: Delta[][] = [];
    for (let partition = 0; partition < partitions; partition += 1) {
      const read = await speed.deltas(partition, from, target, this.#epochBlocks);
      if (read === undefined) throw new NotYet(`blocks of partition ${partition} are gone`);
      deltas.push(read);
    }
    for (const block of blocksOf(this.#ledger, deltas, from, target)) {
      for (const packed of block.packed) this.#cubes.addBlock(packed, block.number, 1);
      // What was erased cannot be asked for as of an older block.
      if (block.packed.some((packed) => hasErasure(packed, block.number))) this.#held.length = 0;
      this.#held.push(block);
    }
    this.#forget();
    return true;
  }

  /** Checks that the values that a query asks for are there. Throws PassportError `QUERY_INVALID`. */
  requireKnown(query: ViewQuery): void {
    requireKnownValues(this.#cubes.cube(query.view), query);
  }

  /** Answers a query, at the newest block or at an older one that is held. Throws PassportError. */
  answer(query: ViewQuery, atBlock?: number): ViewAnswer {
    const held = this.#heldAt(atBlock);
    const view: View = views[query.view];
    const newer = this.#held.slice(this.#held.indexOf(held) + 1);
    // Facts are taken back and added again in one go, so that nobody sees the cubes in between.
    for (const block of newer.toReversed()) this.#addAll(block, -1);
    try {
      const rows = queryCube(this.#cubes.cube(query.view), query, floorOf(query, held));
      return {
        ...held.exactAt,
        view: query.view,
        by: query.by,
        metrics: query.metrics.map((name) => ({
          name,
          unit: view.metrics[name]?.unit ?? '',
        })),
        rows,
      };
    } finally {
      for (const block of newer) this.#addAll(block, 1);
    }
  }

  get #newest(): Held {
    const newest = this.#held.at(-1);
    if (newest === undefined) throw new Error('a mirror is at one block at least');
    return newest;
  }

  #addAll({ packed, number }: Held, sign: 1 | -1): void {
    for (const each of packed) this.#cubes.addBlock(each, number, sign);
  }

  #heldAt(atBlock: number | undefined): Held {
    if (atBlock === undefined) return this.#newest;
    const held = this.#held.find(({ number }) => number === atBlock);
    if (held !== undefined) return held;
    const range = `${this.oldestBlock} to ${this.block}`;
    throw new PassportError('BLOCK_NOT_HELD', `blocks ${range} are held`);
  }

  /** Of the oldest block that is held the facts are not needed: nobody goes back before it. */
  #forget(): void {
    let facts = this.#held.reduce((sum, block) => sum + block.facts, 0);
    const { heldBlocks, heldFacts } = this.#limits;
    while (this.#held.length > 1 && (this.#held.length > heldBlocks || facts > heldFacts)) {
      facts -= this.#held.shift()?.facts ?? 0;
    }
    this.#cubes.pruneActivity(this.#held[0]?.ledgerTimeMs ?? 0);
  }
}

/** Where a partition stands has to go with the archive: nothing missing between them. */
function checkPosition(position: Position, watermark: Watermark | undefined, partition: number) {
  const base = watermark?.block ?? -1;
  if (watermark !== undefined && watermark.ledger !== position.ledger) {
    throw new NotYet(`partition ${partition} is of ${position.ledger}, not ${watermark.ledger}`);
  }
  if (position.since > base + 1) {
    throw new NotYet(`partition ${partition} begins at ${position.since}, views end at ${base}`);
  }
}

/** The block that a mirror begins at; of its facts there is no need. */
async function newestOf(
  { speed }: MirrorOptions,
  number: number,
  watermark: Watermark | undefined,
  { ledger, epochBlocks }: Pick<Position, 'ledger' | 'epochBlocks'>,
): Promise<Held> {
  if (watermark?.block === number) {
    return { ...headOf(ledger, { ...watermark, number }), packed: [], facts: 0 };
  }
  const [delta] = (await speed.deltas(0, number - 1, number, epochBlocks)) ?? [];
  const block = delta?.facts.blocks.find((each) => each.number === number);
  if (block === undefined) throw new NotYet(`block ${number} is gone already`);
  const hash = block.hash.toString('hex');
  return { ...headOf(ledger, { ...block, hash }), packed: [], facts: 0 };
}

function* blocksOf(
  ledger: string,
  deltas: readonly (readonly Delta[])[],
  after: number,
  upTo: number,
): Generator<Held> {
  for (let number = after + 1; number <= upTo; number += 1) {
    const found = deltas.map((partition) => findBlock(partition, number));
    const [first] = found;
    if (first === undefined) return;
    yield {
      ...headOf(ledger, { ...first.block, hash: first.block.hash.toString('hex') }),
      packed: found.map(({ packed }) => packed),
      facts: found.reduce((sum, { block }) => sum + block.facts, 0),
    };
  }
}

/** What answers at a block say of it is made once. */
function headOf(
  ledger: string,
  { number, hash, ledgerTimeMs }: BlockHead,
): Pick<Held, 'number' | 'ledgerTimeMs' | 'exactAt'> {
  const ledgerTime = instantOf(ledgerTimeMs);
  const at = { ledger, block: number, blockHash: hash, ledgerTime };
  return { number, ledgerTimeMs, exactAt: { ...at, definitions: VIEW_DEFINITIONS } };
}

type Found = { readonly packed: PackedFacts; readonly block: PackedFacts['blocks'][number] };

/** A block can be in two records, which then say the same of it: it counts once. */
function findBlock(deltas: readonly Delta[], number: number): Found {
  for (const { facts: packed } of deltas) {
    const block = packed.blocks.find((each) => each.number === number);
    if (block !== undefined) return { packed, block };
  }
  throw new NotYet(`block ${number} is gone already`);
}

/** Of a window, buckets that are over do not count. */
function floorOf(query: ViewQuery, { ledgerTimeMs }: Held): Floor | undefined {
  if (query.view !== 'activity') return undefined;
  const [name] = query.filters['window'] ?? [];
  const window = windows.find((each) => each.name === name);
  if (window === undefined) return undefined;
  return { dimension: 'bucket', from: firstBucket(window, ledgerTimeMs) };
}

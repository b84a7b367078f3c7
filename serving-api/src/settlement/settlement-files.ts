import { type ObjectStore, putOnce } from '@passport/batch-layer';
import {
  canonicalJson,
  type CommandId,
  credit,
  digest,
  type Digest,
  distributionFile,
  type DistributionFile,
  type JsonValue,
  keyId,
  type KeyId,
  type MspId,
  parseJson,
  receipt,
  type SoldLine,
  soldLine,
} from '@passport/model';
import { z } from 'zod';

const settlementFile = z.strictObject({ v: z.literal(1), sold: z.array(soldLine) });
const settledFile = z.strictObject({ root: digest, block: z.string().regex(/^\d+$/) });
const returnedFile = z.strictObject({ receipt, credit });
const holderFile = z.strictObject({ keyId });

/** A sale whose price was given back before any settlement had it. */
export type Returned = z.output<typeof returnedFile>;

/**
 * What settlements and distributions rest on, in the object store, which all servers of an operator share. A
 * file is there before the ledger has what it is named by: number and root. It is the operator's, and
 * auditors'.
 */
export class SettlementFiles {
  readonly #store: ObjectStore;
  readonly #folder: string;

  constructor(store: ObjectStore, operator: MspId) {
    this.#store = store;
    this.#folder = `market/${operator}`;
  }

  /** Keeps what a settlement sells. */
  putSettlement(number: number, root: Digest, sold: readonly SoldLine[]): Promise<void> {
    return this.#put(this.#nameOf('settlements', number, root), { v: 1, sold });
  }

  /** What a settlement has sold; undefined where no server of this operator has made it. */
  async settlement(number: number, root: Digest): Promise<readonly SoldLine[] | undefined> {
    const file = await this.#get(this.#nameOf('settlements', number, root), settlementFile);
    return file?.sold;
  }

  /** Notes in which block a settlement is, when that is known. */
  async noteSettled(number: number, root: Digest, block: bigint): Promise<void> {
    const key = this.#nameOf('settled', number, root);
    // After a crash the same command is in two blocks, and has happened in the first of them.
    if ((await this.#store.get(key)) === undefined) {
      await this.#store.put(key, bytesOf({ root, block: String(block) }));
    }
  }

  /** The block of a settlement; null where it was not noted. */
  async blockOf(number: number, root: Digest): Promise<number | null> {
    const file = await this.#get(this.#nameOf('settled', number, root), settledFile);
    return file === undefined ? null : Number(file.block);
  }

  /** Keeps a sale that was given back, for its buyer. */
  putReturned(returned: Returned): Promise<void> {
    const { buyer, id } = returned.receipt;
    return this.#put(`${this.#folder}/returned/${buyer}/${id}.json`, returned);
  }

  /** A buyer's sale that was given back; undefined where it was not. */
  returned(buyer: KeyId, id: CommandId): Promise<Returned | undefined> {
    return this.#get(`${this.#folder}/returned/${buyer}/${id}.json`, returnedFile);
  }

  /** What was given back to a buyer, up to `max` of it. */
  async allReturned(buyer: KeyId, max: number): Promise<readonly Returned[]> {
    const keys = await this.#store.list(`${this.#folder}/returned/${buyer}/`);
    const all = await Promise.all(
      keys.slice(0, max).map(({ key }) => this.#get(key, returnedFile)),
    );
    return all.filter((one) => one !== undefined).sort(byTime);
  }

  /** Keeps how settlements are shared out. */
  putDistribution(number: number, root: Digest, file: DistributionFile): Promise<void> {
    return this.#put(this.#nameOf('distributions', number, root), file);
  }

  /** How settlements were shared out; undefined where no server of this operator has. */
  distribution(number: number, root: Digest): Promise<DistributionFile | undefined> {
    return this.#get(this.#nameOf('distributions', number, root), distributionFile);
  }

  /** Notes the key of an owner, who has proven it: from the next distribution on they can claim. */
  noteHolder(ref: string, key: KeyId): Promise<void> {
    return this.#put(`${this.#folder}/holders/${ref}.json`, { keyId: key });
  }

  /** Keys of owners, by reference. */
  async holders(): Promise<ReadonlyMap<string, KeyId>> {
    const folder = `${this.#folder}/holders/`;
    const found = new Map<string, KeyId>();
    for (const { key } of await this.#store.list(folder)) {
      const file = await this.#get(key, holderFile);
      if (file !== undefined) found.set(key.slice(folder.length, -'.json'.length), file.keyId);
    }
    return found;
  }

  #nameOf(kind: string, number: number, root: Digest): string {
    return `${this.#folder}/${kind}/${String(number).padStart(8, '0')}-${root}.json`;
  }

  #put(key: string, content: object): Promise<void> {
    return putOnce(this.#store, key, bytesOf(content));
  }

  async #get<Schema extends z.ZodType>(
    key: string,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    const bytes = await this.#store.get(key);
    return bytes === undefined ? undefined : parseJson(schema, Buffer.from(bytes).toString('utf8'));
  }
}

function byTime({ credit: { at: a } }: Returned, { credit: { at: b } }: Returned): number {
  return a < b ? -1 : Number(a > b);
}

function bytesOf(content: object): Buffer {
  // Canonical: whoever writes the same again finds the same bytes there.
  return Buffer.from(canonicalJson(content as JsonValue), 'utf8');
}

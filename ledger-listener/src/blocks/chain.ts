import { createHash } from 'node:crypto';

import { common } from '@hyperledger/fabric-protos';
import { ledgerNameOf } from '@passport/ledger-client';

import { ListenerHalted, readOrHalt } from '../listener-error.ts';
import type { Block } from './block.ts';
import { type OrdererRoots, ordererRootsOf, OrdererTrust } from './orderer-trust.ts';

/** How far a chain is verified. */
export type ChainTip = {
  readonly ledger: string;
  readonly number: number;
  /** Hexadecimal. */
  readonly hash: string;
  readonly roots: OrdererRoots;
};

/**
 * Verifies blocks one after the other: number, hash of the one before, hash of the data, an orderer's
 * signature. The genesis block is nobody's: its hash is the ledger's name. Who may order changes with
 * the channel's configuration. Throws ListenerHalted.
 */
export class Chain {
  #tip: ChainTip | undefined;
  #trust: OrdererTrust;

  /** Goes on after `tip`, or begins with the genesis block. */
  constructor(tip: ChainTip | undefined) {
    this.#tip = tip;
    this.#trust = new OrdererTrust(tip?.roots ?? {});
  }

  get tip(): ChainTip | undefined {
    return this.#tip;
  }

  verify(block: Block): ChainTip {
    const { number } = block;
    const before = this.#tip;
    const next = before === undefined ? 0 : before.number + 1;
    if (number !== next) throw broken(number, `block ${next} was to come`);
    const previous = Buffer.from(block.previousHash).toString('hex');
    if (before !== undefined && previous !== before.hash) {
      throw broken(number, `it follows from ${previous}, and the one before is ${before.hash}`);
    }
    const hash = createHash('sha256');
    for (const envelope of block.envelopes) hash.update(envelope);
    if (!hash.digest().equals(block.dataHash)) {
      throw broken(number, 'its data are not what its header says');
    }
    if (before !== undefined) this.#trust.check(block);
    const roots = readOrHalt(number, () => {
      const config = configOf(block);
      return config && ordererRootsOf(config);
    });
    if (roots !== undefined) this.#trust = new OrdererTrust(roots);
    const name = block.hash.toString('hex');
    const ledger = before?.ledger ?? ledgerNameOf(name);
    this.#tip = { ledger, number, hash: name, roots: this.#trust.roots };
    return this.#tip;
  }
}

function broken(number: number, why: string): ListenerHalted {
  return new ListenerHalted('CHAIN_BROKEN', number, why);
}

/** The configuration in a block that has one: it is alone in its block. */
function configOf({ envelopes, number, codes }: Block): common.Config | undefined {
  const [bytes] = envelopes;
  if (envelopes.length !== 1 || bytes === undefined) return undefined;
  // Of the genesis block nobody says that it is valid; of others the peer does.
  if (number > 0 && codes[0] !== 0) return undefined;
  const envelope = common.Envelope.deserializeBinary(bytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
  );
  if (header.getType() !== common.HeaderType.CONFIG) return undefined;
  return common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
}

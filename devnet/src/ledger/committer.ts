import { common } from '@hyperledger/fabric-protos';

import { type BlockSigner, createBlock, setCommitMetadata } from '../ordering/block-writer.ts';
import type { OrderedEnvelope } from '../ordering/orderer.ts';
import { validateBlock, type ValidatedBlock } from '../validation/block-validator.ts';
import { explain } from '../validation/explanation.ts';
import type { ValidationChannel } from '../validation/transaction-validator.ts';
import { ValidationCode } from '../validation/validation-code.ts';
import { blockHeaderHash } from './block-hash.ts';
import { commitHash } from './commit-hash.ts';
import type { Ledger } from './ledger.ts';

/** The genesis block is the configuration: no later one has been accepted. */
const LAST_CONFIG_BLOCK = 0;

/** What a committer is made of. */
export type CommitterOptions = {
  readonly ledger: Ledger;
  readonly channel: ValidationChannel;
  readonly signer: BlockSigner;
};

/** Makes batches blocks: creates, signs, validates and stores them, one after the other. */
export class Committer {
  readonly #options: CommitterOptions;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Makes a batch the next block; it is durable, and announced, when this resolves. */
  async commit(batch: readonly OrderedEnvelope[]): Promise<void> {
    const { ledger, signer } = this.#options;
    const { height, headerHash } = ledger.tip;
    const block = createBlock(
      height,
      headerHash,
      batch.map(({ bytes }) => bytes),
      LAST_CONFIG_BLOCK,
      signer,
    );
    await this.#validateAndAppend(
      block,
      batch.map(({ envelope }) => envelope),
    );
  }

  /** Stores the genesis block as the first one. */
  async commitGenesis(block: common.Block): Promise<void> {
    setCommitMetadata(block, Uint8Array.of(ValidationCode.VALID), undefined);
    await this.#options.ledger.append({
      number: 0,
      block: block.serializeBinary(),
      headerHash: blockHeaderHash(headerOf(block)),
      commitHash: Buffer.alloc(0),
      transactions: [genesisTransaction(block)],
      state: [],
      history: [],
      explanations: new Map(),
    });
  }

  async #validateAndAppend(
    block: common.Block,
    envelopes: readonly common.Envelope[],
  ): Promise<void> {
    const { ledger, channel } = this.#options;
    const header = headerOf(block);
    const committed = ledger.snapshot();
    let validated: ValidatedBlock;
    try {
      validated = validateBlock(header.getNumber(), envelopes, channel, committed);
    } finally {
      committed.close();
    }
    const state = validated.pending.allUpdates();
    const hash = commitHash(validated.codes, state, ledger.tip.commitHash);
    setCommitMetadata(block, validated.codes, hash);
    await ledger.append({
      number: header.getNumber(),
      block: block.serializeBinary(),
      headerHash: blockHeaderHash(header),
      commitHash: hash,
      transactions: validated.transactions,
      state,
      history: validated.pending.allWrites(),
      explanations: explain(validated, ledger),
    });
  }
}

function headerOf(block: common.Block): common.BlockHeader {
  const header = block.getHeader();
  if (header === undefined) throw new Error('a block without a header');
  return header;
}

function genesisTransaction(block: common.Block): {
  txId: string;
  code: number;
  timestamp: { seconds: number; nanos: number };
} {
  const [envelope] = block.getData()?.getDataList_asU8() ?? [];
  const payload = common.Payload.deserializeBinary(
    common.Envelope.deserializeBinary(envelope ?? new Uint8Array(0)).getPayload_asU8(),
  );
  const header = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
  );
  const timestamp = header.getTimestamp();
  return {
    txId: header.getTxId(),
    code: ValidationCode.VALID,
    timestamp: { seconds: timestamp?.getSeconds() ?? 0, nanos: timestamp?.getNanos() ?? 0 },
  };
}

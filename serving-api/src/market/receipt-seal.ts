import {
  canonicalJson,
  type Receipt,
  RECEIPT_TYPE,
  receiptLeafOf,
  receiptProofOf,
  RECEIPTS_TYPE,
  receiptsTree,
  type SignedReceipts,
  writeSealedReceipt,
} from '@passport/model';

import type { OperatorSeal } from './operator-seal.ts';

type Waiting = {
  readonly receipt: Receipt;
  readonly done: (text: string) => void;
  readonly fail: (error: unknown) => void;
};

/**
 * Seals receipts. Those of one write of the journal are asked for one behind the other, and share a signature: it costs
 * more than all else of a receipt, and than its way in a tree of a few.
 */
export class ReceiptSeal {
  readonly #seal: Pick<OperatorSeal, 'seal'>;
  #waiting: Waiting[] = [];

  constructor(seal: Pick<OperatorSeal, 'seal'>) {
    this.#seal = seal;
  }

  /** The text of a receipt, as `readSealedReceipt` reads it. Rejects with what signing throws. */
  sealed(receipt: Receipt): Promise<string> {
    return new Promise((done, fail) => {
      this.#waiting.push({ receipt, done, fail });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#sealAll());
    });
  }

  #sealAll(): void {
    const all = this.#waiting;
    this.#waiting = [];
    try {
      const texts = this.#together(all.map(({ receipt }) => receipt));
      for (const [place, { done }] of all.entries()) done(texts[place] ?? '');
    } catch (error) {
      for (const { fail } of all) fail(error);
    }
  }

  #together(receipts: readonly Receipt[]): string[] {
    const [first, ...others] = receipts;
    if (first !== undefined && others.length === 0) return [this.#seal.seal(RECEIPT_TYPE, first)];
    const texts = receipts.map(canonicalJson);
    const tree = receiptsTree(texts.map(receiptLeafOf));
    const signed: SignedReceipts = { v: 1, root: tree.root };
    const jws = this.#seal.seal(RECEIPTS_TYPE, signed);
    return texts.map((text, leaf) => writeSealedReceipt(jws, text, receiptProofOf(tree, leaf)));
  }
}

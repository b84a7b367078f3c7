import type { AnswerKind, JsonValue, ProductId, View } from '@passport/model';

/** A product as it is sold: thousandths of the tariff. */
export type SoldProduct = {
  readonly product: ProductId;
  readonly version: number;
  readonly tariffPermille: number;
  /** Views that it is made of. */
  readonly views: readonly View['name'][];
};

/** An answer that is sold, as it leaves. */
export type SoldAnswer = {
  readonly body: Buffer;
  readonly type: string;
  /** What it says beside its bytes. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The block that it is exact at. */
  readonly block: number;
  /** What is counted of its kind: cells of a view, rows of SQL, events of a vehicle. */
  readonly units: number;
  readonly qualityPermille: number | null;
};

/** What one request buys. */
export type ForSale = {
  readonly product: SoldProduct;
  readonly kind: AnswerKind;
  /** Of the answer, as a quote says it. */
  readonly mediaType: string;
  /** What is asked, in one spelling. */
  readonly request: JsonValue;
  /**
   * Computes the answer; at a block, the same bytes again. Throws PassportError: then nothing is
   * charged.
   */
  readonly produce: (atBlock?: number) => Promise<SoldAnswer>;
};

import type {
  AnswerKind,
  FieldClass,
  JsonValue,
  KeyId,
  ProductId,
  Purpose,
  View,
} from '@passport/model';

/** A product as it is sold: thousandths of the tariff. */
export type SoldProduct = {
  readonly product: ProductId;
  readonly version: number;
  readonly tariffPermille: number;
  /** What is sold of it. */
  readonly answers: readonly AnswerKind[];
  /** Views that it is made of. */
  readonly views: readonly View['name'][];
  /** What buyers may use it for. */
  readonly purposes: readonly Purpose[];
  /** Classes that it takes to be granted, where it is about single vehicles. */
  readonly classes: readonly FieldClass[];
};

/** An answer that is sold, as it leaves. */
export type SoldAnswer = {
  /** A text is in UTF-8. */
  readonly body: string | Buffer;
  readonly type: string;
  /** What it says beside its bytes. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The block that it is exact at. */
  readonly block: number;
  /** What is counted of its kind: cells of a view, rows of SQL, events of a vehicle. */
  readonly units: number;
  readonly qualityPermille: number | null;
  /** Whether it rests on no data: then it costs nothing, and there is no receipt. */
  readonly isOfNothing?: boolean | undefined;
};

/** What is said of an answer in a quote. */
export type Counted = Pick<SoldAnswer, 'block' | 'units' | 'qualityPermille'>;

/** What one request buys. */
export type ForSale = {
  readonly product: SoldProduct;
  readonly kind: AnswerKind;
  /** Of the answer, as a quote says it. */
  readonly mediaType: string;
  /** What is asked, in one spelling. */
  readonly request: JsonValue;
  /**
   * The most that it can be, where that is known without the answer: then nobody has it computed who has not
   * covered that. Without it the answer is computed for a quote, and counted.
   */
  readonly atMost?: (() => Promise<Counted> | Counted) | undefined;
  /** Throws PassportError where what was bought may not be given once more: what had opened it has ended. */
  readonly requireOpen?: (() => Promise<void>) | undefined;
  /**
   * Computes the answer; at a block, the same bytes again. Throws PassportError: then nothing is
   * charged.
   */
  readonly produce: (atBlock?: number) => Promise<SoldAnswer>;
};

/** What is for sale to who has that key: of single vehicles it depends on who was granted them. */
export type SaleTo = (buyer: KeyId | undefined) => ForSale;

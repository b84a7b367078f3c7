import {
  type Digest,
  type MarketTariff,
  PassportError,
  type Product,
  type ProductDescriptor,
  type ProductId,
  type ProductVersion,
  type ReleasedViewName,
  isReleasedViewName,
} from '@passport/model';

import { tableColumns, tableOf } from '../sql/released-tables.ts';
import { sqlTables } from '../sql/sql-desk.ts';
import { dcatOf } from './dcat.ts';
import type { LiveFigures, LiveReader, Sample } from './live-figures.ts';
import type { OfferedProduct } from './load-products.ts';
import type { ProductLedger } from './product-ledger.ts';

/** What the catalogue is made of. */
export type CatalogueOptions = {
  readonly offered: readonly OfferedProduct[];
  /** Without it there are no versions: a ledger that is not asked. */
  readonly ledger?: ProductLedger | undefined;
  /** Without it there are no samples. */
  readonly live?: LiveReader | undefined;
  /** The tariff that is in force. */
  readonly tariff: () => Promise<MarketTariff>;
};

/** What somebody looks for; all that is said has to fit. */
export type ProductSearch = {
  /** Words, each of them somewhere in name, texts or columns, in whatever case. */
  readonly words: readonly string[];
  readonly purpose?: string | undefined;
  readonly view?: string | undefined;
};

/**
 * What an answer of a kind costs: base and unit for each that is counted of it, micro-PCC of the tariff, times
 * the product's part in thousandths, rounded up.
 */
type Price = {
  readonly answer: string;
  readonly base: string;
  readonly unit: string;
  readonly permille: number;
};

/** A product in a list. */
export type ProductSummary = {
  readonly product: ProductId;
  /** The version that the ledger has of this descriptor; null where it has none. */
  readonly version: number | null;
  readonly digest: Digest;
  readonly status: 'offered' | 'withdrawn' | 'unpublished';
  readonly title: string;
  readonly summary: string;
  readonly answers: ProductDescriptor['answers'];
  readonly views: ProductDescriptor['views'];
  readonly purposes: ProductDescriptor['terms']['purposes'];
  readonly privacy: ProductDescriptor['privacy'];
  readonly refresh: ProductDescriptor['refresh'];
  readonly prices: readonly Price[];
  readonly live: LiveFigures | null;
};

type Revision = Pick<ProductVersion, 'version' | 'digest' | 'publishedBy' | 'publishedAt'>;

/** All that is told of a product. */
export type ProductDetail = ProductSummary & {
  readonly descriptor: ProductDescriptor;
  /** What `POST /v1/sql` reads. */
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly samples: readonly Sample[];
  /** Newest first. */
  readonly revisions: readonly Revision[];
  /** The same for catalogues of others: DCAT 3 as JSON-LD. */
  readonly dcat: Readonly<Record<string, unknown>>;
};

/** What is offered, as files and ledger say it, with what there is of it now. */
export class Catalogue {
  readonly #options: CatalogueOptions;
  /** Versions never change: each is read once. */
  readonly #versions = new Map<string, Promise<Revision>>();

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /** A product that is sold. Throws PassportError `PRODUCT_UNKNOWN`. */
  product(name: string): OfferedProduct {
    const found = this.#options.offered.find(({ product }) => product === name);
    if (found !== undefined) return found;
    const names = this.#options.offered.map(({ product }) => product).join(', ');
    throw new PassportError('PRODUCT_UNKNOWN', `products are ${names}`);
  }

  async search({ words, purpose, view }: ProductSearch): Promise<readonly ProductSummary[]> {
    const fitting = this.#options.offered.filter(({ product, descriptor }) => {
      const { terms, views, title, summary, fields } = descriptor;
      const named = fields.map(({ name, means, signal }) => `${name} ${means} ${signal ?? ''}`);
      const text = [product, title, summary, ...views, ...named].join(' ').toLowerCase();
      return (
        words.every((word) => text.includes(word.toLowerCase())) &&
        (purpose === undefined || terms.purposes.some((one) => one === purpose)) &&
        (view === undefined || views.some((one) => one === view))
      );
    });
    const known = await this.#known();
    const tariff = await this.#options.tariff();
    return Promise.all(
      fitting.map(async (one) => {
        const both = await this.#options.live?.read(one.product, one.descriptor);
        return summaryOf(one, known.get(one.product), tariff, both?.live);
      }),
    );
  }

  /** All of one product. Throws PassportError `PRODUCT_UNKNOWN`, and what the ledger throws. */
  async detail(name: string, url: string): Promise<ProductDetail> {
    const offered = this.product(name);
    const { product, descriptor } = offered;
    const known = (await this.#known()).get(product);
    const both = await this.#options.live?.read(product, descriptor);
    const summary = summaryOf(offered, known, await this.#options.tariff(), both?.live);
    const revisions = await this.#revisions(known);
    const views = descriptor.views.filter((view): view is ReleasedViewName =>
      isReleasedViewName(view),
    );
    return {
      ...summary,
      descriptor,
      tables: sqlTables(descriptor).length === 0 ? [] : views.map(shownTable),
      samples: both?.samples ?? [],
      revisions,
      dcat: dcatOf(offered, revisions, url),
    };
  }

  async #known(): Promise<ReadonlyMap<string, Product>> {
    const list = (await this.#options.ledger?.list()) ?? [];
    return new Map(list.map((one) => [one.product, one]));
  }

  #revisions(known: Product | undefined): Promise<Revision[]> {
    const { ledger } = this.#options;
    if (ledger === undefined || known === undefined) return Promise.resolve([]);
    const { product, version: newest } = known;
    const all = Array.from({ length: newest }, (_, place) => newest - place).map((version) => {
      const key = `${product} ${version}`;
      let revision = this.#versions.get(key);
      if (revision === undefined) {
        revision = ledger.version(product, version).then(revisionOf);
        revision.catch(() => this.#versions.delete(key));
        this.#versions.set(key, revision);
      }
      return revision;
    });
    return Promise.all(all);
  }
}

function revisionOf({ version, digest, publishedBy, publishedAt }: ProductVersion): Revision {
  return { version, digest, publishedBy, publishedAt };
}

function summaryOf(
  { product, descriptor, digest }: OfferedProduct,
  known: Product | undefined,
  tariff: MarketTariff,
  live: LiveFigures | undefined,
): ProductSummary {
  const { title, summary, answers, views, terms, privacy, refresh, price } = descriptor;
  const isPublished = known?.digest === digest;
  return {
    ...{ product, digest, title, summary, answers, views, purposes: terms.purposes, privacy },
    refresh,
    version: isPublished ? known.version : null,
    status: isPublished ? known.status : 'unpublished',
    prices: answers.map((answer) => {
      const { base, unit } = tariff[answer];
      return { answer, base, unit, permille: price.tariffPermille };
    }),
    live: live ?? null,
  };
}

function shownTable(view: ReleasedViewName) {
  const columns = tableColumns(view).map(({ name, sqlType }) => ({ name, type: sqlType }));
  return { name: tableOf(view), columns };
}

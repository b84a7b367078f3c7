import {
  type AnswerTable,
  PassportError,
  type ProductDescriptor,
  type ReleasedViewName,
} from '@passport/model';

import { type SqlDesk, sqlTables } from '../sql/sql-desk.ts';
import { tableColumns, tableOf } from '../sql/released-tables.ts';

/** What there is of a product now, from released batches only. */
export type LiveFigures = {
  /** The block that it is as of, and the ledger's time there. */
  readonly block: number;
  readonly ledgerTime: string;
  readonly batches: number;
  /** The block at whose end the newest batch left. */
  readonly newestBatchBlock: number | null;
  /** Vehicles, counted once in each batch. */
  readonly vehicles: number;
  /** There are at least so many sources: the most that one batch is of. */
  readonly sourcesMin: number;
  /** Mean quality index of all released events at recording, of 1000; null where there are none. */
  readonly meanQuality: number | null;
};

/** Some rows of a table of a product. */
export type Sample = { readonly table: string; readonly rows: AnswerTable };

type Both = { readonly live: LiveFigures; readonly samples: readonly Sample[] };

/** Rows of a sample. */
const SAMPLE_ROWS = 5;

/** Looks at released batches once for each product and watermark. */
export class LiveReader {
  readonly #desk: SqlDesk;
  readonly #known = new Map<string, { readonly block: number; readonly both: Promise<Both> }>();

  constructor(desk: SqlDesk) {
    this.#desk = desk;
  }

  /** Figures and samples; undefined of a product that is not made of batches, or before the first. */
  async read(product: string, descriptor: ProductDescriptor): Promise<Both | undefined> {
    const views = sqlTables({ ...descriptor, answers: ['sql'] });
    const block = this.#desk.at?.block;
    if (views.length === 0 || block === undefined) return undefined;
    const known = this.#known.get(product);
    const both = known?.block === block ? known.both : this.#look(descriptor);
    this.#known.set(product, { block, both });
    try {
      return await both;
    } catch (error) {
      this.#known.delete(product);
      // Busy, or not loaded yet: the catalogue is shown without.
      if (error instanceof PassportError) return undefined;
      throw error;
    }
  }

  async #look({ views }: ProductDescriptor): Promise<Both> {
    const names = views as readonly ReleasedViewName[];
    const union = names
      .map((view) => `SELECT vehicles, contributors, released_block FROM ${tableOf(view)}`)
      .join(' UNION ALL ');
    const { head, table } = await this.#ask(
      names,
      `SELECT count(*), max(released_block), coalesce(sum(vehicles), 0), coalesce(max(contributors), 0)
        FROM (${union})`,
    );
    const [batches = 0, newest = null, vehicles = 0, sources = 0] = table.rows[0] ?? [];
    const { block } = head;
    const quality = await this.#ask(
      ['events'],
      'SELECT sum("qualityPoints") / nullif(sum("events"), 0) FROM released_events',
      block,
    );
    const [meanQuality = null] = quality.table.rows[0] ?? [];
    const samples: Sample[] = [];
    for (const view of names) samples.push(await this.#sample(view, block));
    return {
      live: {
        ...{ block, ledgerTime: head.ledgerTime, batches: Number(batches) },
        newestBatchBlock: newest === null ? null : Number(newest),
        vehicles: Number(vehicles),
        sourcesMin: Number(sources),
        meanQuality: meanQuality === null ? null : Math.round(Number(meanQuality)),
      },
      samples,
    };
  }

  /** The oldest rows: what is new is sold. */
  async #sample(view: ReleasedViewName, block: number): Promise<Sample> {
    const columns = tableColumns(view).filter(({ sqlType }) => !sqlType.startsWith('MAP'));
    const list = columns.map(({ name }) => `"${name}"`).join(', ');
    const { table } = await this.#ask(
      [view],
      `SELECT ${list} FROM ${tableOf(view)} ORDER BY released_block, ${list} LIMIT ${SAMPLE_ROWS}`,
      block,
    );
    return { table: tableOf(view), rows: table };
  }

  #ask(views: readonly ReleasedViewName[], sql: string, atBlock?: number) {
    return this.#desk.answer({ sql, descriptor: { answers: ['sql'], views: [...views] }, atBlock });
  }
}

import {
  type ErrorCode,
  isReleasedViewName,
  type JsonValue,
  type KeyId,
  parse,
  PassportError,
  viewsInSql,
} from '@passport/model';
import type { Context } from 'hono';

import { formatOf, tableHeaders, tableResponse } from '../formats/formats.ts';
import type { TableFormat } from '../formats/table-format.ts';
import type { FailedStatements } from '../market/failed-statements.ts';
import type { ForSale, SoldAnswer } from '../market/for-sale.ts';
import { payFor } from '../market/pay-for.ts';
import { payingRequest } from '../market/paying-request.ts';
import type { SqlAnswer } from '../sql/sql-desk.ts';
import type { AppOptions } from './app-options.ts';
import { requirePayment } from './asking.ts';
import { exactHeaders } from './exact-headers.ts';
import * as described from './market-descriptions.ts';
import type { MarketParts } from './market-parts.ts';

/** Refusals of a statement that has run, which can depend on what is in the tables. */
const ofTables: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['SQL_INVALID', 'SQL_TYPE_REFUSED', 'SQL_TOO_LARGE', 'SQL_TOO_SLOW'] as const),
  'SQL_MEMORY_EXCEEDED',
]);

/** How answers are paid for, and what says which quality they have. */
export type SqlSelling = Pick<AppOptions, 'isFree' | 'sales'> & {
  readonly released: Pick<AppOptions['released'], 'at' | 'qualityOfViews' | 'hasBatches'>;
};

/** What the route answers from. */
export type SqlRouteOptions = SqlSelling &
  Pick<MarketParts, 'catalogue' | 'sql'> & { readonly failed: FailedStatements };

/**
 * Answers a statement in the format asked for: for nothing on a developer's ledger, else as it is paid for.
 * It is quoted at the most rows that it may have, and costs what it has. Throws PassportError.
 */
export async function answerSql(options: SqlRouteOptions, context: Context): Promise<Response> {
  const { catalogue, sql, sales, released } = options;
  const format = formatOf(context.req.header('accept'));
  const body: unknown = await context.req.json().catch(() => undefined);
  const question = parse(described.sqlQuestion, body, 'REQUEST_MALFORMED');
  const { product, sql: statement, atBlock } = question;
  const { descriptor } = catalogue.product(product);
  const rowsMax = Math.min(question.rowsMax ?? sql.rowsMax, sql.rowsMax);
  const answerAt = async (block: number | undefined): Promise<SqlAnswer> => {
    const { head, table } = await sql.answer({ sql: statement, descriptor, atBlock: block });
    return { head, table: { ...table, rows: table.rows.slice(0, rowsMax) } };
  };
  if (sales === undefined) {
    requirePayment(options);
    const { head, table } = await answerAt(atBlock);
    return tableResponse(format, table, { ...head, product }, exactHeaders(head));
  }
  const { desk } = sales;
  const request: JsonValue = {
    ...{ method: 'POST', path: '/v1/sql', product, sql: statement, rowsMax },
    ...{ atBlock: atBlock ?? null, accept: format.mediaType },
  };
  const views = viewsInSql(statement, descriptor.views.filter(isReleasedViewName));
  const qualityAt = (block: number): number | null => released.qualityOfViews(views, block);
  const saleTo = (buyer: KeyId | undefined): ForSale => ({
    product: desk.prices.productNamed(product, 'sql'),
    ...{ kind: 'sql', mediaType: format.mediaType, request },
    atMost: () => {
      const block = Math.min(atBlock ?? Number.MAX_SAFE_INTEGER, blockOf(options));
      return { block, units: rowsMax, qualityPermille: qualityAt(block) };
    },
    produce: async (at = atBlock ?? blockOf(options)) => {
      if (buyer !== undefined) options.failed.requireFew(buyer, desk.now().getTime());
      try {
        const answer = soldAnswer(format, await answerAt(at), product, qualityAt);
        const isOfNothing = !released.hasBatches(views, answer.block);
        // What costs nothing is no way to have this server compute without end.
        if (isOfNothing && buyer !== undefined) options.failed.count(buyer, desk.now().getTime());
        return { ...answer, isOfNothing };
      } catch (error) {
        const isOfTables = error instanceof PassportError && ofTables.has(error.code);
        if (buyer !== undefined && isOfTables) options.failed.count(buyer, desk.now().getTime());
        throw error;
      }
    },
  });
  return payFor(desk, payingRequest(context), saleTo);
}

/**
 * The block that an answer would be exact at now: the newest that tables and batches in memory, by which its quality is
 * known, have both. Throws PassportError `NOT_READY`.
 */
function blockOf({ sql, released }: Pick<SqlRouteOptions, 'sql' | 'released'>): number {
  const [tables, batches] = [sql.loaded, released.at];
  if (tables === undefined || batches === undefined) {
    throw new PassportError('NOT_READY', 'nothing was released yet');
  }
  return Math.min(tables, batches.block);
}

function soldAnswer(
  format: TableFormat,
  { head, table }: SqlAnswer,
  product: string,
  qualityAt: (block: number) => number | null,
): SoldAnswer {
  const { 'Content-Type': type, ...headers } = tableHeaders(format, exactHeaders(head));
  return {
    body: Buffer.concat([...format.encode(table, { ...head, product })]),
    ...{ type, headers, block: head.block, units: table.rows.length },
    qualityPermille: qualityAt(head.block),
  };
}

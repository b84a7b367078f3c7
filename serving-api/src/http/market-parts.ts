import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SqlDesk } from '../sql/sql-desk.ts';

/** What is sold, and what answers SQL. */
export type MarketParts = {
  readonly catalogue: Catalogue;
  readonly sql: SqlDesk;
};

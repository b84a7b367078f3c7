/**
 * A Parquet file that has something which this reader does not know: another program has written it. DuckDB,
 * which knows all of the format, is to read it.
 */
export class UnknownLayout extends Error {}

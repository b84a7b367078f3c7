import { type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb, { type Connection, type DataChunk } from '@duckdb/node-bindings';

import type { MemoryRows } from './memory-rows.ts';
import { beginQuery } from './queries-in-memory.ts';

/** The table function that has the rows of a number. */
const FUNCTION = 'rows_in_memory';

/** Rows that a query may read, and why they could not be read. */
type Source = { readonly rows: MemoryRows; failure?: unknown };

/** Where a scan of them is. */
type Scan = { readonly source: Source; at: number };

/**
 * Rows in memory as tables of a DuckDB, which asks for them chunk by chunk: they are copied once, straight to where it works with
 * them, in place of to a table by an appender, on the same thread, with statistics that nobody asks for. Whoever runs such a query has
 * to leave the event loop its turns.
 */
export class MemoryTables {
  /** By the number that a query calls them by. */
  readonly #sources = new Map<number, Source>();
  #used = 0;

  /** Of the DuckDB that it is a connection to: all of them have what one registers. */
  constructor(connection: DuckDBConnection) {
    const table = duckdb.create_table_function();
    duckdb.table_function_set_name(table, FUNCTION);
    duckdb.table_function_add_parameter(table, duckdb.create_logical_type(duckdb.Type.INTEGER));
    duckdb.table_function_set_bind(table, (info) => {
      const source = this.#sources.get(duckdb.get_int32(duckdb.bind_get_parameter(info, 0)));
      if (source === undefined) {
        duckdb.bind_set_error(info, 'rows that are not there any more');
        return;
      }
      const { columns, count } = source.rows;
      for (const { name, type } of columns) duckdb.bind_add_result_column(info, name, type);
      duckdb.bind_set_cardinality(info, count, true);
      duckdb.bind_set_bind_data(info, source);
    });
    duckdb.table_function_set_init(table, (info) => {
      const source = duckdb.init_get_bind_data(info) as Source;
      duckdb.init_set_init_data(info, { source, at: 0 } satisfies Scan);
      // Rows come in their order.
      duckdb.init_set_max_threads(info, 1);
    });
    duckdb.table_function_set_function(table, (info, chunk) => {
      const scan = duckdb.function_get_init_data(info) as Scan;
      try {
        scanOn(scan, chunk);
      } catch (error) {
        scan.source.failure ??= error;
        duckdb.function_set_error(info, String(error));
      }
    });
    // The API has a way to add a function, but none whose columns are handed over as they lie in memory.
    duckdb.register_table_function(connection['connection'] as Connection, table);
  }

  /** Lends rows, as what comes behind `FROM`, until `use` is done. Throws what it throws, and why rows could not be read. */
  async lend<T>(rows: MemoryRows, use: (from: string) => Promise<T>): Promise<T> {
    const number = this.#used++;
    const source: Source = { rows };
    this.#sources.set(number, source);
    const end = beginQuery();
    try {
      return await use(`${FUNCTION}(${number})`);
    } catch (error) {
      throw source.failure ?? error;
    } finally {
      this.#sources.delete(number);
      end();
    }
  }
}

function scanOn(scan: Scan, chunk: DataChunk): void {
  const { rows } = scan.source;
  const copied = scan.at < rows.count ? rows.copy(new DuckDBDataChunk(chunk), scan.at) : 0;
  duckdb.data_chunk_set_size(chunk, copied);
  scan.at += copied;
}

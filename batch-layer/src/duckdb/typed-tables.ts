import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb, { type Connection, type LogicalType } from '@duckdb/node-bindings';

import { identifier } from './sql.ts';

/** A column of a table, of a type that is handed over. */
export type TypedColumn = { readonly name: string; readonly type: LogicalType };

/** The table function that has the columns of a number, and no row. */
const FUNCTION = 'columns_of';

/**
 * Makes tables of a DuckDB whose types are not spelled in SQL: to read an ENUM of 50,000 texts takes it three times as long as
 * to be handed one. A type is the same object in all tables that it is handed to.
 */
export class TypedTables {
  /** Of tables that are being made, by number. */
  readonly #columns = new Map<number, readonly TypedColumn[]>();
  #made = 0;

  /** Of the DuckDB that it is a connection to. */
  constructor(connection: DuckDBConnection) {
    const types = duckdb.create_table_function();
    duckdb.table_function_set_name(types, FUNCTION);
    duckdb.table_function_add_parameter(types, duckdb.create_logical_type(duckdb.Type.INTEGER));
    duckdb.table_function_set_bind(types, (info) => {
      const number = duckdb.get_int32(duckdb.bind_get_parameter(info, 0));
      for (const { name, type } of this.#columns.get(number) ?? []) {
        duckdb.bind_add_result_column(info, name, type);
      }
    });
    duckdb.table_function_set_init(types, () => {});
    duckdb.table_function_set_function(types, (_, chunk) => duckdb.data_chunk_set_size(chunk, 0));
    duckdb.register_table_function(connectionOf(connection), types);
  }

  /** Makes a temporary table of a connection. Throws what DuckDB refuses it with. */
  async create(
    connection: DuckDBConnection,
    table: string,
    columns: readonly TypedColumn[],
  ): Promise<void> {
    const number = this.#made++;
    this.#columns.set(number, columns);
    try {
      const query = `FROM ${FUNCTION}(${number}) LIMIT 0`;
      await connection.run(`CREATE TEMP TABLE ${identifier(table)} AS ${query}`);
    } finally {
      this.#columns.delete(number);
    }
  }
}

/** The API has a way to add a function, but none to a type of it that is not made of all its texts once more. */
function connectionOf(connection: DuckDBConnection): Connection {
  return connection['connection'] as Connection;
}

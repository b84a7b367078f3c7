"""Reads tables back with readers of others, and prints their cells as JSON, one way for all of them."""

import datetime
import json
import sys

import duckdb
import polars
import pyarrow
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet

ask = json.loads(sys.argv[1])

ARROW = {
    "text": pyarrow.string(),
    "int64": pyarrow.int64(),
    "double": pyarrow.float64(),
    "day": pyarrow.date32(),
    "instant": pyarrow.timestamp("ms", tz="UTC"),
    "boolean": pyarrow.bool_(),
}
DUCKDB = {
    "text": "VARCHAR",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "day": "DATE",
    "instant": "TIMESTAMPTZ",
    "boolean": "BOOLEAN",
}
# Lines of text have no times: Polars reads them as texts, as its own readers of lines do.
POLARS = {
    "text": polars.String,
    "int64": polars.Int64,
    "double": polars.Float64,
    "day": polars.String,
    "instant": polars.String,
    "boolean": polars.Boolean,
}


def cell(value):
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.timezone.utc)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    # Digits: JSON of JavaScript has no whole numbers of 64 bits.
    return {"int": str(value)} if isinstance(value, int) else {"double": repr(value)}


def rows(columns):
    return [[cell(value) for value in row] for row in zip(*columns)]


def of_arrow(table):
    return rows([column.to_pylist() for column in table.columns])


def of_polars(frame):
    return rows([column.to_list() for column in frame.get_columns()])


def of_duckdb(relation):
    return [[cell(value) for value in row] for row in relation.fetchall()]


def read(files, names, types):
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    schema = pyarrow.schema([(name, ARROW[type]) for name, type in zip(names, types)])
    columns = {name: DUCKDB[type] for name, type in zip(names, types)}
    frame = {name: POLARS[type] for name, type in zip(names, types)}
    with open(files["json"], encoding="utf-8") as file:
        answer = json.load(file)
    yield "json", [
        [
            {"int": str(value)} if kind == "int64" and value is not None
            else {"double": repr(float(value))} if kind == "double" and value is not None
            else value
            for value, kind in zip(row, types)
        ]
        for row in answer["rows"]
    ]
    with pyarrow.ipc.open_stream(files["arrow"]) as stream:
        table = stream.read_all()
        table.validate(full=True)
        yield "arrow pyarrow", of_arrow(table)
    yield "arrow polars", of_polars(polars.read_ipc_stream(files["arrow"]))
    yield "arrow duckdb", of_duckdb(duck.from_arrow(table))
    yield "parquet pyarrow", of_arrow(pyarrow.parquet.read_table(files["parquet"]))
    yield "parquet polars", of_polars(polars.read_parquet(files["parquet"]))
    yield "parquet duckdb", of_duckdb(duck.read_parquet(files["parquet"]))
    yield "csv pyarrow", of_arrow(
        pyarrow.csv.read_csv(
            files["csv"],
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=schema,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )
    )
    yield "csv polars", of_polars(polars.read_csv(files["csv"], schema=frame))
    yield "csv duckdb", of_duckdb(
        duck.sql(
            "SELECT * FROM read_csv($path, header = true, delim = ',', quote = '\"', escape = '\"', "
            "columns = $columns, auto_detect = false, allow_quoted_nulls = false, strict_mode = true)",
            params={"path": files["csv"], "columns": columns},
        )
    )
    # Its reader of JSON has no days: they are texts to it.
    lines = pyarrow.schema(
        [(n, pyarrow.string() if t == "day" else ARROW[t]) for n, t in zip(names, types)]
    )
    if answer["rows"]:
        yield "ndjson pyarrow", of_arrow(
            pyarrow.json.read_json(
                files["ndjson"],
                parse_options=pyarrow.json.ParseOptions(explicit_schema=lines),
            )
        )
    yield "ndjson polars", of_polars(polars.read_ndjson(files["ndjson"], schema=frame))
    yield "ndjson duckdb", of_duckdb(
        duck.sql(
            "SELECT * FROM read_json($path, format = 'newline_delimited', columns = $columns)",
            params={"path": files["ndjson"], "columns": columns},
        )
    )


print(
    json.dumps(
        [
            dict(read(one["files"], one["names"], one["types"]))
            for one in ask
        ]
    )
)

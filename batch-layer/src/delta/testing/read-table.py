"""Prints what delta-rs sees of a table, version by version, as JSON."""

import json
import sys
from urllib.parse import unquote

from deltalake import DeltaTable, QueryBuilder

ask = json.loads(sys.argv[1])
seen = []
for version in ask["versions"]:
    table = DeltaTable(
        ask["uri"], version=version, storage_options=ask.get("storageOptions")
    )
    sums = ", ".join(f"sum({name}) AS {name}" for name in ask["sums"])
    query = f"SELECT count(*) AS rows, {sums} FROM t"
    batch = QueryBuilder().register("t", table).execute(query).read_all()
    values = [batch.column(i).to_pylist()[0] for i in range(batch.num_columns)]
    filtered = None
    if "where" in ask:
        query = f"SELECT count(*) AS rows FROM t WHERE {ask['where']}"
        answer = QueryBuilder().register("t", table).execute(query).read_all()
        filtered = answer.column(0).to_pylist()[0]
    # As the log spells them: file_uris() decodes twice on S3.
    adds = table.get_add_actions()
    paths = [unquote(path) for path in adds.column("path").to_pylist()]
    seen.append(
        {
            "version": table.version(),
            "files": sorted(paths),
            "rows": values[0],
            "sums": [int(value or 0) for value in values[1:]],
            "filtered": filtered,
            "txns": {app: table.transaction_version(app) for app in ask["apps"]},
            "fields": [
                {"name": f.name, "id": f.metadata.get("parquet.field.id")}
                for f in table.schema().fields
            ],
        }
    )
print(json.dumps(seen))

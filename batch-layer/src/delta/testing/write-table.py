"""Lets delta-rs write to a table: appends rows, compacts, checkpoints."""

import json
import sys

from arro3.core import Array, DataType, Table
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

ask = json.loads(sys.argv[1])
options = ask.get("storageOptions")
for step in ask["steps"]:
    table = DeltaTable(ask["uri"], storage_options=options)
    if step["do"] == "append":
        rows = Table.from_pydict(
            {
                "vid": Array(step["vid"], type=DataType.string()),
                "block": Array(step["block"], type=DataType.int64()),
                "day": Array(step["day"], type=DataType.string()),
            }
        )
        properties = CommitProperties(
            app_transactions=[Transaction(step["appId"], step["version"])]
        )
        write_deltalake(table, rows, mode="append", commit_properties=properties)
    elif step["do"] == "compact":
        table.optimize.compact()
    elif step["do"] == "checkpoint":
        table.create_checkpoint()
print(json.dumps(DeltaTable(ask["uri"], storage_options=options).version()))

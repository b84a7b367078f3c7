"""Lets delta-rs sort a table by z-order into zstd files; prints what it took, and what it came to."""

import json
import sys
import time

from deltalake import DeltaTable, WriterProperties

ask = json.loads(sys.argv[1])
table = DeltaTable(ask["uri"])
properties = WriterProperties(compression="ZSTD", compression_level=3)
started = time.monotonic()
metrics = table.optimize.z_order(ask["columns"], writer_properties=properties)
seconds = time.monotonic() - started
# delta-rs gives this part of its metrics as a text.
removed = json.loads(metrics["filesRemoved"])
print(json.dumps({"ms": seconds * 1000, "bytesRead": removed["totalSize"]}))

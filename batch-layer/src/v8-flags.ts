/**
 * How Node is started for a batch layer. Lines of a record are garbage as soon as DuckDB has them, and sums of an epoch
 * are large arrays that go when it is stored, which the collector takes for a heap that grows: with room for both it
 * takes a tenth to a seventh of all CPU less, for 50 MB. docker-compose.yml says the same.
 */
export const batchFlags: readonly string[] = [
  '--max-semi-space-size=16',
  '--heap-growing-percent=100',
];

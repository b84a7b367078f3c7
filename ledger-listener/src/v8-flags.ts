/**
 * How Node is started for a listener. What a range of blocks makes lives until it is in the log: with room for most
 * of it in the young generation, and for as much garbage as there is of use in the old one, the collector takes a
 * quarter of the CPU less, for 50 to 100 MB. docker-compose.yml says the same.
 */
export const listenerFlags: readonly string[] = [
  '--max-semi-space-size=16',
  '--heap-growing-percent=100',
];

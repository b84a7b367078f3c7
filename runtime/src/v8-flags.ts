/**
 * How Node is started for what reads a stream: the listener, the speed layer. A range of blocks, or a
 * record's lines, lives until it is in the log, the store or a file, which the collector takes for a heap that grows: with
 * room for most of it in the young generation, and for as much garbage as there is of use in the old one, it takes a
 * seventh to a quarter of the CPU less, for 50 to 100 MB. docker-compose.yml says the same.
 */
export const streamFlags: readonly string[] = [
  '--max-semi-space-size=16',
  '--heap-growing-percent=100',
];

/**
 * How a listener of several folds is started: each of its threads has a heap of its own, so that with the flags of one it would
 * take 100 MB more for each. It takes a tenth to a sixth of the rate.
 */
export const foldsFlags: readonly string[] = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
];

/**
 * How the batch layer is started, which reads a stream, too. Its arrays lie beside the heap, where every 64 MB that are
 * new would have the collector go over all of the heap, for nothing: they count as much as the heap may grow. That takes a twentieth
 * of the CPU less, for 90 MB. docker-compose.yml says the same.
 */
export const batchFlags: readonly string[] = [
  ...streamFlags,
  '--external-memory-accounted-in-global-limit',
];

/**
 * How Node is started for what answers from a heap that stays: the serving API. A log book leaves megabytes in buffers, for which
 * the collector would go over the whole heap again and again: they count as much as the heap may grow. docker-compose.yml
 * says the same.
 */
export const answerFlags: readonly string[] = ['--heap-growing-percent=100'];

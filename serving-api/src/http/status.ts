import { epochOf } from '@passport/model';
import { isViewsOutage, type Position } from '@passport/speed-layer';

import type { AppOptions } from './app-options.ts';

/** How far everything is; null where nobody knows. */
export async function readStatus({
  mirror,
  archive,
  speed,
  partitions,
}: Pick<AppOptions, 'mirror' | 'speed' | 'partitions'> & {
  readonly archive: Pick<AppOptions['archive'], 'watermark'>;
}) {
  const watermark = await archive.watermark().catch(() => undefined);
  const positions = await speed.positions(partitions).catch((error: unknown) => {
    if (!isViewsOutage(error)) throw error;
    return Array.from({ length: partitions }, (): Position | undefined => undefined);
  });
  const furthest = Math.max(-1, ...positions.map((position) => position?.block ?? -1));
  const loaded = mirror.block === undefined ? undefined : mirror.current;
  const at = loaded?.exactAt();
  return {
    block: at?.block ?? null,
    oldestBlock: loaded?.oldestBlock ?? null,
    ledger: at?.ledger ?? null,
    ledgerTime: at?.ledgerTime ?? null,
    watermark: watermark?.block ?? null,
    epochBlocks: positions.find((position) => position !== undefined)?.epochBlocks ?? null,
    trouble: mirror.trouble ?? null,
    partitions: positions.map((position, partition) => ({
      partition,
      block: position?.block ?? null,
      epoch: position === undefined ? null : epochOf(position.block, position.epochBlocks),
      lagBlocks: position === undefined ? null : furthest - position.block,
    })),
  };
}

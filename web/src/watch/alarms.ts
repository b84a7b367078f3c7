import type { LiveHeight } from '@passport/model';

import type { ServiceState } from './read-service.ts';

/** Something that a person has to look at. */
export type Alarm =
  | { readonly kind: 'api-away' }
  | { readonly kind: 'not-moving'; readonly why: string }
  | { readonly kind: 'service-away'; readonly service: string }
  | { readonly kind: 'service-troubled'; readonly service: string; readonly why: string }
  | { readonly kind: 'halted'; readonly service: string }
  | { readonly kind: 'failed-jobs'; readonly service: string; readonly count: number }
  | { readonly kind: 'partition-behind'; readonly partition: number; readonly blocks: number }
  | { readonly kind: 'archive-behind'; readonly epochs: number };

/** Epochs that the archive may be behind: one that fills, one under way, and one of grace. */
const EPOCHS_BEHIND_MAX = 3;

/** What is wrong, by what the API and the services say. */
export function alarmsOf(
  height: LiveHeight | undefined,
  services: readonly ServiceState[],
): readonly Alarm[] {
  return [...alarmsOfHeight(height), ...services.flatMap(alarmsOfService)];
}

function alarmsOfHeight(height: LiveHeight | undefined): Alarm[] {
  if (height === undefined) return [{ kind: 'api-away' }];
  const { block, watermark, epochBlocks, trouble, partitions } = height;
  const alarms: Alarm[] = trouble === null ? [] : [{ kind: 'not-moving', why: trouble }];
  if (epochBlocks === null) return alarms;
  for (const { partition, lagBlocks } of partitions) {
    if (lagBlocks !== null && lagBlocks > epochBlocks) {
      alarms.push({ kind: 'partition-behind', partition, blocks: lagBlocks });
    }
  }
  const epochs = block === null ? 0 : Math.floor((block - (watermark ?? -1)) / epochBlocks);
  if (epochs > EPOCHS_BEHIND_MAX) alarms.push({ kind: 'archive-behind', epochs });
  return alarms;
}

function alarmsOfService({ name: service, state, why, samples }: ServiceState): Alarm[] {
  if (state === 'away') return [{ kind: 'service-away', service }];
  const alarms: Alarm[] =
    state === 'troubled' ? [{ kind: 'service-troubled', service, why: why ?? '' }] : [];
  if (samples.some(({ name, value }) => name.endsWith('_halted') && value !== 0)) {
    alarms.push({ kind: 'halted', service });
  }
  const count = samples.find(({ name }) => name.endsWith('_failed_jobs'))?.value ?? 0;
  if (count > 0) alarms.push({ kind: 'failed-jobs', service, count });
  return alarms;
}

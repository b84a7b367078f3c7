import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import type { Needle } from './needles.ts';
import { findIn, type Hay } from './search.ts';
import type { World } from './start-world.ts';

/** Where the segments of the log lie, as a search names places. */
export const SEGMENTS = /pipeline\/kafka\/data\/passport-\d/;

/** `ConfigResourceTypes.TOPIC`, which Node does not find among the exports of kafkajs. */
const TOPIC = 2;
const SEGMENT_MS = '1000';

/** The broker looks for segments that are trimmed every ten seconds, and deletes them a second later. */
const GONE_MS_MAX = 60_000;
const POLL_MS = 500;

/**
 * Has Kafka close its segments after a second in place of ten minutes, from now on: a trimmed one is deleted when it
 * is closed. Whoever opens the log next sets it back.
 */
export async function closeSegmentsSoon({ pipeline: { env } }: World): Promise<void> {
  const brokers = (env['KAFKA_BROKERS'] ?? '').split(',');
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topic = { type: TOPIC, name: 'passport' };
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [topic],
    });
    // What is left out goes back to the broker's default.
    const own = resources[0]?.configEntries.filter(({ isDefault }) => !isDefault) ?? [];
    const configEntries = own.map(({ configName: name, configValue }) => ({
      ...{ name, value: name === 'segment.ms' ? SEGMENT_MS : configValue },
    }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...topic, configEntries }] });
  } finally {
    await admin.disconnect();
  }
}

/** Waits until no segment has any of these. Throws an Error that says where they are after a minute. */
export async function goneFromSegments(world: World, needles: readonly Needle[]): Promise<void> {
  const untilMs = Date.now() + GONE_MS_MAX;
  for (;;) {
    const { found } = await findIn(segments(world), needles);
    if (found.length === 0) return;
    if (Date.now() > untilMs) throw new Error(`still there: ${found.join('\n')}`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function* segments({ directory }: World): AsyncGenerator<Hay> {
  const data = join(directory, 'pipeline', 'kafka', 'data');
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const where = relative(directory, path);
    if (!entry.isFile() || !SEGMENTS.test(where)) continue;
    // One that is deleted while this looks is what this waits for.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    yield { where, bytes };
  }
}

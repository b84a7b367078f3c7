import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type FeedProgress,
  ledgerLogBookWriter,
  openLmdbMemory,
  runFeed,
} from '@passport/connectors';
import { type SigningKey, signTicket } from '@passport/ledger-client';
import { sealClear, type Vid } from '@passport/model';

import type { DemoContext } from '../demo/demo-context.ts';
import { sources } from '../organisations.ts';
import { idOf, REGISTRY } from '../setup/found-consortium.ts';
import { progressLine, summaryLines } from './feed-lines.ts';
import { type NotableVehicles, VehicleScout } from './notable-vehicles.ts';
import type { SandboxFeed } from './sandbox-feed.ts';

const TICKET_MS = 10 * 60 * 1000;
const PROGRESS_MS = 2_000;

/** What feeding takes besides the ledger. */
export type FeedContext = DemoContext & {
  /** The sandbox's folder; each source's memory lies below it. */
  readonly directory: string;
  readonly registryKey: SigningKey;
  readonly signal: AbortSignal;
};

/**
 * Runs the feeds one after the other and says how far they are. Answers what became of each, and
 * vehicles that are worth showing, in addition to those known. What an earlier start has recorded is
 * passed over. Throws what runFeed throws.
 */
export async function feedLedger(
  context: FeedContext,
  feeds: readonly SandboxFeed[],
  known: NotableVehicles,
): Promise<{ readonly progress: FeedProgress[]; readonly notable: NotableVehicles }> {
  const scout = new VehicleScout(known);
  const progress: FeedProgress[] = [];
  for (const feed of feeds) progress.push(await feedOne(context, feed, scout));
  return { progress, notable: scout.found };
}

async function feedOne(
  context: FeedContext,
  { feed, source: name, says }: SandboxFeed,
  scout: VehicleScout,
): Promise<FeedProgress> {
  const { terminal, members, directory, now, signal } = context;
  const source = idOf(sources[name]);
  terminal.line(`  ${says}, by ${source}`);
  const folder = join(directory, 'connectors', source.replace('/', '.'), feed.name);
  await mkdir(folder, { recursive: true });
  const memory = await openLmdbMemory({ directory: folder, source });
  const writer = ledgerLogBookWriter({
    client: members[sources[name].member].user,
    source,
    ticketFor: (vid) => ticketFor(context, vid),
  });
  const startedMs = now().getTime();
  const seconds = (): number => (now().getTime() - startedMs) / 1000;
  let shownMs = startedMs;
  try {
    const end = await runFeed({
      feed,
      source,
      writer: scout.watch(writer),
      memory,
      seal: sealClear,
      randomBytes,
      signal,
      onProgress: (progress) => {
        if (now().getTime() - shownMs < PROGRESS_MS) return;
        shownMs = now().getTime();
        terminal.line(terminal.style.faint(progressLine(progress, seconds())));
      },
    });
    for (const line of summaryLines(end, seconds(), terminal.style)) terminal.line(line);
    return end;
  } finally {
    await memory.close();
  }
}

/** The registry's ticket for a new vehicle: until it has a service of its own, the sandbox signs. */
function ticketFor({ members, registryKey, now }: FeedContext, vid: Vid): Promise<string> {
  return signTicket(registryKey, {
    channel: members.InspectionMSP.ledger.network.getName(),
    registry: REGISTRY,
    vid,
    id: `sandbox-${vid}`,
    expiresAt: new Date(now().getTime() + TICKET_MS),
  });
}

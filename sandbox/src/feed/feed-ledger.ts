import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  adoptVehicles,
  type ConnectorMemory,
  type EnrolledVehicle,
  enrolVehicles,
  ledgerLogBookWriter,
  type LogBookWriter,
  openLmdbMemory,
  randomIntake,
  runFeed,
} from '@passport/connectors';
import { type SigningKey, signTicket } from '@passport/ledger-client';
import { sealClear, type SourceId, type Vid } from '@passport/model';

import type { DemoContext } from '../demo/demo-context.ts';
import { type SourceName, sources } from '../organisations.ts';
import { idOf, REGISTRY } from '../setup/found-consortium.ts';
import { progressLine, summaryLines } from './feed-lines.ts';
import { type NotableVehicles, VehicleScout } from './notable-vehicles.ts';
import type { FeedPlan, SandboxFeed } from './sandbox-feed.ts';

const TICKET_MS = 10 * 60 * 1000;
const PROGRESS_MS = 2_000;

/** What feeding takes besides the ledger. */
export type FeedContext = Pick<DemoContext, 'terminal' | 'members' | 'now'> & {
  /** The sandbox's folder; each source's memory lies below it. */
  readonly directory: string;
  readonly registryKey: SigningKey;
  readonly signal: AbortSignal;
};

/**
 * Runs the feeds one after the other and says how far they are. Answers vehicles that are worth
 * showing, in addition to those known. What an earlier start has recorded is passed over. Throws what
 * runFeed throws.
 */
export async function feedLedger(
  context: FeedContext,
  plan: FeedPlan,
  known: NotableVehicles,
): Promise<NotableVehicles> {
  const scout = new VehicleScout(known);
  const shared = await enrolShared(context, plan);
  for (const [index, feed] of plan.feeds.entries()) {
    if (index === plan.feeds.length - 1) await plan.beforeLast?.(shared);
    await feedOne(context, feed, shared, scout);
  }
  return scout.found;
}

/** The maker registers the vehicles that all feeds share. */
async function enrolShared(
  context: FeedContext,
  { vehicles = [] }: FeedPlan,
): Promise<EnrolledVehicle[]> {
  if (vehicles.length === 0) return [];
  const means = await openMeans(context, 'fleet', 'enrolled');
  try {
    return await enrolVehicles(vehicles, {
      ...means,
      seal: sealClear,
      intake: randomIntake(randomBytes),
      onOutcome: () => {},
    });
  } finally {
    await means.memory.close();
  }
}

async function feedOne(
  context: FeedContext,
  { feed, source: name, says }: SandboxFeed,
  shared: readonly EnrolledVehicle[],
  scout: VehicleScout,
): Promise<void> {
  const { terminal, now, signal } = context;
  const { source, writer, memory } = await openMeans(context, name, feed.name);
  terminal.line(`  ${says}, by ${source}`);
  const startedMs = now().getTime();
  const seconds = (): number => (now().getTime() - startedMs) / 1000;
  let shownMs = startedMs;
  try {
    await adoptVehicles(shared, memory);
    const end = await runFeed({
      feed,
      source,
      writer: scout.watch(writer),
      memory,
      seal: sealClear,
      intake: randomIntake(randomBytes),
      signal,
      onProgress: (progress) => {
        if (now().getTime() - shownMs < PROGRESS_MS) return;
        shownMs = now().getTime();
        terminal.line(terminal.style.faint(progressLine(progress, seconds())));
      },
    });
    for (const line of summaryLines(end, seconds(), terminal.style)) terminal.line(line);
  } finally {
    await memory.close();
  }
}

/** A source's way to the ledger, and what it must not forget of one feed. */
async function openMeans(
  context: FeedContext,
  name: SourceName,
  feed: string,
): Promise<{
  readonly source: SourceId;
  readonly writer: LogBookWriter;
  readonly memory: ConnectorMemory;
}> {
  const source = idOf(sources[name]);
  const folder = join(context.directory, 'connectors', source.replace('/', '.'), feed);
  await mkdir(folder, { recursive: true });
  const writer = ledgerLogBookWriter({
    client: context.members[sources[name].member].user,
    source,
    ticketFor: (vid) => ticketFor(context, vid),
  });
  return { source, writer, memory: await openLmdbMemory({ directory: folder, source }) };
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

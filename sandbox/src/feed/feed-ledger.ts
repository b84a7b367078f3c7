import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type ConnectorMemory,
  type EnrolledVehicle,
  enrolVehicles,
  type FeedHealth,
  type Intake,
  ledgerLogBookWriter,
  type LogBookWriter,
  openLmdbMemory,
  runFeed,
  type Seal,
  sealToOwners,
} from '@passport/connectors';
import type { KeyRing } from '@passport/ledger-client';
import { parseMspId, type SourceId } from '@passport/model';
import { Sealer } from '@passport/privacy';
import type { VinMatcher } from '@passport/vin-registry';

import type { DemoContext } from '../demo/demo-context.ts';
import { MARKET, type Member, type SourceName, sources } from '../organisations.ts';
import { grantToMarket } from '../owners/market-consent.ts';
import type { OwnerCrowd } from '../owners/owner-crowd.ts';
import { idOf } from '../setup/found-consortium.ts';
import { progressLine, summaryLines } from './feed-lines.ts';
import { type NotableVehicles, VehicleScout } from './notable-vehicles.ts';
import { sandboxIntake } from './sandbox-intake.ts';
import type { FeedPlan, SandboxFeed } from './sandbox-feed.ts';

const PROGRESS_MS = 2_000;

/** What feeding takes besides the ledger. */
export type FeedContext = Pick<DemoContext, 'terminal' | 'members' | 'now'> & {
  /** The sandbox's folder; each source's memory lies below it. */
  readonly directory: string;
  /** The ledger's name, which all that is sealed is bound to. */
  readonly ledger: string;
  /** Owners of the vehicles that the feeds have. */
  readonly crowd: OwnerCrowd;
  /** The market's reader keys. */
  readonly marketKeys: KeyRing;
  /** The registry, as a member's intake reaches it. */
  readonly matcherOf: (member: Member) => VinMatcher;
  /** What each member's connector says of its feeds; nothing where nobody listens. */
  readonly healthOf?: (member: Member) => FeedHealth;
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
    await feedOne(context, feed, scout);
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
    return await enrolVehicles(vehicles, { ...means, onOutcome: () => {} });
  } finally {
    await means.memory.close();
  }
}

async function feedOne(
  context: FeedContext,
  { feed, source: name, says }: SandboxFeed,
  scout: VehicleScout,
): Promise<void> {
  const { terminal, now, signal, healthOf } = context;
  const { source, writer, memory, seal, intake } = await openMeans(context, name, feed.name);
  const health = healthOf?.(sources[name].member);
  const measured = health?.measure(source, feed.name, scout.watch(writer));
  terminal.line(`  ${says}, by ${source}`);
  const startedMs = now().getTime();
  const seconds = (): number => (now().getTime() - startedMs) / 1000;
  let shownMs = startedMs;
  try {
    const end = await runFeed({
      feed,
      source,
      writer: measured?.writer ?? scout.watch(writer),
      memory,
      seal,
      intake,
      signal,
      onProgress: (progress) => {
        measured?.onProgress(progress);
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
type SourceMeans = {
  readonly source: SourceId;
  readonly writer: LogBookWriter;
  readonly memory: ConnectorMemory;
  readonly seal: Seal;
  readonly intake: Intake;
};

async function openMeans(
  context: FeedContext,
  name: SourceName,
  feed: string,
): Promise<SourceMeans> {
  const { crowd, now, ledger } = context;
  const source = idOf(sources[name]);
  const folder = join(context.directory, 'connectors', source.replace('/', '.'), feed);
  await mkdir(folder, { recursive: true });
  const { member } = sources[name];
  const client = context.members[member].user;
  const { passport, consent } = client;
  const { intake, ticketFor } = sandboxIntake({
    matcher: context.matcherOf(member),
    crowd,
    passport,
  });
  return {
    source,
    writer: withMarketConsent(ledgerLogBookWriter({ client, source, ticketFor }), context),
    memory: await openLmdbMemory({ directory: folder, source }),
    seal: sealToOwners({
      sealer: new Sealer({ ledger, random: randomBytes }),
      ...{ source, consent, now },
    }),
    intake,
  };
}

/** Registered with its owner's keys, a vehicle is counted in by the market from its first event on. */
function withMarketConsent(
  writer: LogBookWriter,
  { crowd, marketKeys, members, now }: FeedContext,
): LogBookWriter {
  return {
    ...writer,
    registerVehicles: async (commandId, vehicles) => {
      await writer.registerVehicles(commandId, vehicles);
      const newcomers = vehicles.flatMap(({ vid, keys }) =>
        keys === undefined ? [] : [{ vid, keys }],
      );
      const { consent } = members[MARKET].user;
      const market = parseMspId(MARKET);
      await grantToMarket(newcomers, { crowd, ring: marketKeys, market, consent, now });
    },
  };
}

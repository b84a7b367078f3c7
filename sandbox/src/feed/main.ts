import { randomBytes } from 'node:crypto';

import { readNetworkProfile } from '@passport/ledger-client';
import { helpText, readConfig, runCommand, systemNow, systemRandom } from '@passport/runtime';

import { keptKey, readNotable, writeNotable } from '../keep.ts';
import { connectMembers } from '../members.ts';
import { foundConsortium } from '../setup/found-consortium.ts';
import { carLines } from '../pages/professional-codes.ts';
import { visitorWallet, walletLine } from '../pages/visitor-wallet.ts';
import { type RunningRegistry, runningRegistry } from '../registry/running-registry.ts';
import { isMoneyIssued, issueMoney } from '../setup/issue-money.ts';
import { nameLedger } from '../setup/name-ledger.ts';
import { startVinRegistry, type VinRegistry } from '../registry/vin-registry.ts';
import { createTerminal } from '../terminal.ts';
import { options, settings, usage } from './config.ts';
import { feedLedger } from './feed-ledger.ts';
import { type FeedWorld, openFeedWorld } from './feed-world.ts';
import { makeFleet, syntheticPlan } from './synthetic-feeds.ts';

const argv = process.argv.slice(2);
const terminal = createTerminal(process.stdout, process.env);

async function feed(signal: AbortSignal): Promise<void> {
  const config = readConfig(settings, options, argv, process.env);
  const { directory, vehicles, seed, ledgerProfile, marketKeys } = config;
  const now = systemNow;
  const profile = await readNetworkProfile(ledgerProfile);
  const running = await runningRegistry(config);
  const members = await connectMembers(profile, systemRandom, signal);
  let registry: RunningRegistry | VinRegistry | undefined;
  let world: FeedWorld | undefined;
  try {
    const { keyId } = running ?? (await keptKey(directory, 'registry'));
    for (const line of await foundConsortium(members, keyId)) terminal.line(`  ${line}`);
    if (!(await isMoneyIssued(members))) await issueMoney(members);
    if (await nameLedger(members, now, signal)) terminal.line('  the ledger is named');
    registry = running ?? (await startVinRegistry({ directory, profile: ledgerProfile, signal }));
    world = await openFeedWorld({ directory, profile, members, registry, marketKeys, now, signal });
    const context = { terminal, members, now, directory, signal, ...world };
    const plan = syntheticPlan(await makeFleet({ vehicles, seed, now: now() }), context);
    terminal.headline(plan.says);
    const notable = await feedLedger(context, plan, await readNotable(directory));
    await writeNotable(directory, notable);
    const visitors = await visitorWallet({ ...context, randomBytes });
    if (visitors !== undefined) terminal.line(walletLine(visitors));
    for (const line of await carLines(directory, world.crowd)) terminal.line(line);
  } finally {
    await world?.close();
    await registry?.stop();
    for (const member of Object.values(members)) member.close();
  }
}

if (argv.includes('--help')) terminal.line(helpText(usage, settings, options));
else {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stopping.abort(new Error('the feed is asked to stop')));
  }
  await runCommand('feed', () => feed(stopping.signal));
}

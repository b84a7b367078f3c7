import { resolve } from 'node:path';

import type { NetworkProfile } from '@passport/ledger-client';
import { settledWithin, sleep } from '@passport/runtime';

import { BlockFollower } from './block-follower.ts';
import { BlockShow } from './block-show.ts';
import { readCertificates } from './certificates.ts';
import { connectionLines } from './connection-lines.ts';
import type { DemoContext } from './demo/demo-context.ts';
import { runDemo } from './demo/run-demo.ts';
import { showMarket } from './demo/show-market.ts';
import { readHeight } from './devnet-controls.ts';
import { hasNetwork, startOver } from './fresh-start.ts';
import { connectMembers } from './members.ts';
import { professionalLines } from './pages/professional-codes.ts';
import { visitorWallet, walletLine } from './pages/visitor-wallet.ts';
import { showAnswers } from './pipeline/show-answers.ts';
import { choosePorts, type Ports } from './ports.ts';
import { profilePath, type SandboxNetwork, startNetwork } from './sandbox-network.ts';
import type { Settings } from './settings.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';

/** How long after its connections the end of a process may show. */
const PART_END_MS = 500;
/** How long the demonstration may take to end when it is interrupted. */
const DEMO_END_MS = 10_000;

/** What the sandbox gets from its process. */
export type SandboxEnvironment = Pick<DemoContext, 'terminal' | 'now' | 'randomBytes'> & {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Aborts when the sandbox is to stop. */
  readonly stopping: AbortSignal;
};

/**
 * Runs the sandbox: network, members, data, then blocks as they are cut until it is to stop, or to its
 * end with `exitAfterDemo`. Everything that it started has ended when it resolves or throws. Throws
 * PortTaken, PartFailed, NetworkRuns, LedgerError, ControlsError; when `stopping` aborts, its reason.
 */
export async function runSandbox(
  settings: Settings,
  environment: SandboxEnvironment,
): Promise<void> {
  const { terminal, stopping } = environment;
  const directory = resolve(settings.directory);
  if (settings.fresh) await startOver(directory);
  const isNew = !(await hasNetwork(directory));
  terminal.headline('Connected Car Passport, the sandbox');
  terminal.line(isNew ? `  a new ledger in ${directory}` : `  the ledger of ${directory} goes on`);
  const ports = await choosePorts(settings);
  const network = await startNetwork(directory, ports, stopping);
  try {
    await useNetwork(network, { directory, isNew, ports }, settings, environment);
  } catch (error) {
    throw stopping.aborted ? error : await causeOf(error, network);
  } finally {
    await network.stop();
  }
}

/** Where it runs. */
type Place = { readonly directory: string; readonly isNew: boolean; readonly ports: Ports };

async function useNetwork(
  network: SandboxNetwork,
  { directory, isNew, ports }: Place,
  settings: Settings,
  environment: SandboxEnvironment,
): Promise<void> {
  const { terminal, stopping } = environment;
  const { profile } = network;
  const { control = '' } = profile;
  await showCertificates(profile, terminal);
  const members = await connectMembers(profile, environment.random, stopping);
  const height = await readHeight(control);
  const show = new BlockShow(terminal);
  const blocks = new BlockFollower((block) => show.take(block));
  const done = new AbortController();
  let demo: Promise<void> = Promise.resolve();
  const { ledger } = members.MakerMSP;
  const following = blocks.follow(ledger, isNew ? 0n : height, done.signal);
  const interrupted = Promise.race([following, failureOf(network), abortOf(stopping)]);
  // It may be rejected while something else is awaited, whose own failure is then the one to see.
  interrupted.catch(() => {});
  const shared = { directory, members, signal: stopping };
  let around: Surroundings | undefined;
  try {
    if (isNew) {
      terminal.headline('The ledger begins');
      await Promise.race([blocks.shown(height - 1n), interrupted]);
    }
    terminal.headline('The pipeline');
    around = await startSurroundings({
      ...shared,
      profile,
      apiPort: ports.api.port,
      deskPort: ports.desk.port,
      webPort: ports.web.port,
      settings,
      terminal,
      now: environment.now,
    });
    const broken = Promise.race([interrupted, around.failed]);
    broken.catch(() => {});
    const context = { ...environment, ...shared, ...around.world, blocks, control };
    demo = runDemo(context, show, settings);
    await Promise.race([demo, broken]);
    await Promise.race([showAnswers(around.pipeline, context), broken]);
    const places = { api: around.pipeline.url, bank: around.desk.url };
    await Promise.race([showMarket({ ...context, ...places }), broken]);
    const visitors = await Promise.race([visitorWallet(context), broken]);
    if (settings.exitAfterDemo) return;
    terminal.headline('Open this address in a browser');
    terminal.line(`  ${around.pages.url}`);
    if (visitors !== undefined) terminal.line(walletLine(visitors));
    for (const line of await professionalLines(directory, around.world.crowd)) terminal.line(line);
    terminal.headline('Connect your own client (Ctrl-C stops everything)');
    for (const line of connectionLines(profile, profilePath(directory))) terminal.line(line);
    terminal.line();
    await broken;
  } finally {
    done.abort();
    for (const member of Object.values(members)) member.close();
    // A process that exits while LMDB writes can hang for ever: what was under way closes its files.
    await settledWithin(demo, DEMO_END_MS);
    await around?.stop();
  }
}

async function showCertificates(profile: NetworkProfile, terminal: Terminal): Promise<void> {
  terminal.headline("The organisations' certificates");
  for (const { mspId, subject, issuer, validTo } of await readCertificates(profile)) {
    const maker = subject === issuer ? 'its own root' : `by ${issuer}`;
    terminal.line(
      `  ${mspId.padEnd(14)} ${subject.padEnd(26)} ${maker.padEnd(26)} until ${validTo}`,
    );
  }
}

/** A part that dies breaks its connections first: what is meant is its end, if that follows. */
async function causeOf(thrown: unknown, network: SandboxNetwork): Promise<unknown> {
  const waiting = new AbortController();
  const unrelated = sleep(PART_END_MS, waiting.signal).then(() => thrown);
  const cause = await Promise.race([network.failed, unrelated]);
  waiting.abort();
  return cause;
}

async function failureOf(network: SandboxNetwork): Promise<never> {
  throw await network.failed;
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    const abort = (): void => fail(stopReason(signal));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function stopReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

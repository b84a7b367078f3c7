import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';

import { type LedgerIdentity, PROOF_HEADER, signRequest } from '@passport/ledger-client';
import { normaliseVin, type Vin } from '@passport/model';
import { type BlindedVin, blindVin, OprfEvaluator, tagsOf } from '@passport/privacy/oprf';
import { VinMatcher } from '@passport/vin-registry';
import { IntakeWorld, type RunningService } from '@passport/vin-registry/testing';

import { type Figure, median, quantile } from '../figure.ts';

const CLIENTS = 8;
const SINGLE_REQUESTS = 3_000;
const BATCH = 10;
const BATCH_REQUESTS = 400;
/** Requests before the ones that count. */
const WARM_UP = 300;
const ROUNDS = 50;
const LOOKUPS_MIN = 300;
const P99_MS_MAX = 50;

/** So much that the rate limit is none. */
const NO_LIMIT = ['--vehicles-per-second', '1000000', '--vehicles-burst', '1000000'].concat(
  '--vehicles-per-day',
  '1000000000',
);

const now = (): Date => new Date();

/**
 * What matching by VIN costs. The evaluator is one process, so one core; its eight clients send what was
 * blinded and signed before, so that they are not what is measured. An intake's own work is a figure
 * of its own.
 */
export async function oprfBench(say: (line: string) => void): Promise<Figure[]> {
  const world = await IntakeWorld.make();
  const started: RunningService[] = [];
  try {
    const evaluator = await world.startEvaluator(NO_LIMIT);
    started.push(evaluator);
    const intake = await world.user('GarageMSP');
    const single = await evaluations(world, evaluator, intake, 1, SINGLE_REQUESTS);
    say(`OPRF, one VIN a request: ${single.perSecond.toFixed(0)} lookups/s`);
    const batches = await evaluations(world, evaluator, intake, BATCH, BATCH_REQUESTS);
    say(`OPRF, ${BATCH} VINs a request: ${batches.perSecond.toFixed(0)} lookups/s`);
    const registry = await world.startRegistry(NO_LIMIT);
    started.push(registry);
    const matchMs = await matching(world, evaluator, registry, intake);
    return [
      {
        figure: 'OPRF lookups per core of the evaluator, one VIN a request',
        value: single.perCore,
        unit: 'lookups/s',
        target: { atLeast: LOOKUPS_MIN },
      },
      {
        figure: `the same by the clock, ${CLIENTS} clients`,
        value: single.perSecond,
        unit: 'lookups/s',
      },
      {
        figure: 'OPRF lookup, one VIN a request, p99',
        value: single.p99Ms,
        unit: 'ms',
        target: { atMost: P99_MS_MAX },
      },
      {
        figure: `OPRF lookups per core of the evaluator, ${BATCH} VINs a request`,
        value: batches.perCore,
        unit: 'lookups/s',
      },
      {
        figure: `the same by the clock, ${CLIENTS} clients`,
        value: batches.perSecond,
        unit: 'lookups/s',
      },
      { figure: `OPRF request of ${BATCH} VINs, p99`, value: batches.p99Ms, unit: 'ms' },
      { figure: 'VIN to vid through both services, one client, p50', value: matchMs, unit: 'ms' },
      ...ownWork(),
    ];
  } finally {
    for (const service of started) await service.stop();
    await world.folder.remove();
  }
}

type Prepared = { readonly body: string; readonly proof: string };
type Measured = {
  readonly perSecond: number;
  /** By CPU time of the evaluator, whatever else the machine does meanwhile. */
  readonly perCore: number;
  readonly p99Ms: number;
};

/** Lookups per second, and how long a request takes. */
async function evaluations(
  world: IntakeWorld,
  evaluator: RunningService,
  intake: LedgerIdentity,
  vins: number,
  requests: number,
): Promise<Measured> {
  const url = `${evaluator.url}/v1/evaluations`;
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const run = async (count: number): Promise<Measured> => {
    const prepared = await prepare(url, world.keyId, intake, vins, count);
    const times: number[] = [];
    const startedMs = performance.now();
    const cpuBefore = await cpuSeconds(evaluator.process.pid);
    const client = async (): Promise<void> => {
      for (let next = prepared.pop(); next !== undefined; next = prepared.pop()) {
        const sentMs = performance.now();
        await post(url, agent, next);
        times.push(performance.now() - sentMs);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const seconds = (performance.now() - startedMs) / 1000;
    const cpu = (await cpuSeconds(evaluator.process.pid)) - cpuBefore;
    return {
      perSecond: (count * vins) / seconds,
      perCore: (count * vins) / cpu,
      p99Ms: quantile(times, 0.99),
    };
  };
  await run(WARM_UP / vins);
  const measured = await run(requests);
  agent.destroy();
  return measured;
}

/** CPU time of a process so far (proc(5), fields 14 and 15, in ticks of 10 ms). Linux only. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Requests that are ready to be sent; proofs are good for a minute. */
async function prepare(
  url: string,
  keyId: string,
  intake: LedgerIdentity,
  vins: number,
  count: number,
): Promise<Prepared[]> {
  // The evaluator cannot know that it sees an element again, nor does it matter to it.
  const elements = Array.from({ length: 50 }, (_, index) =>
    Buffer.from(blindVin(vinOf(index), randomBytes).blinded).toString('base64url'),
  );
  const prepared: Prepared[] = [];
  for (let made = 0; made < count; made += 1) {
    const blinded = Array.from({ length: vins }, (_, index) => elements[(made + index) % 50]);
    const body = JSON.stringify({ keyId, blinded });
    const proof = await signRequest(intake, { method: 'POST', url, body: Buffer.from(body) }, now);
    prepared.push({ body, proof });
  }
  return prepared;
}

function post(url: string, agent: Agent, { body, proof }: Prepared): Promise<void> {
  return new Promise((done, fail) => {
    const headers = { [PROOF_HEADER]: proof, 'Content-Length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) done();
        else fail(new Error(`an evaluation was answered with ${response.statusCode}`));
      });
    });
    sent.once('error', fail);
    sent.end(body);
  });
}

/** How long an intake waits for one VIN's vid, its own work included. */
async function matching(
  world: IntakeWorld,
  evaluator: RunningService,
  registry: RunningService,
  signer: LedgerIdentity,
): Promise<number> {
  const matcher = new VinMatcher({
    evaluatorUrl: evaluator.url,
    evaluatorKeys: [world.evaluatorKey],
    registryUrl: registry.url,
    ...{ signer, now, random: randomBytes },
  });
  const times: number[] = [];
  for (let index = 0; index < 2 * ROUNDS; index += 1) {
    const startedMs = performance.now();
    await matcher.match([{ vin: vinOf(index), paper: `paper ${index}`, wants: 'vid' }]);
    times.push(performance.now() - startedMs);
  }
  return median(times.slice(ROUNDS));
}

/** CPU of both sides alone, without a network between. */
function ownWork(): Figure[] {
  const evaluator = new OprfEvaluator(randomBytes(32), randomBytes);
  const blinded = Array.from({ length: 50 }, (_, index) => blindVin(vinOf(index), randomBytes));
  const answerOf = (some: readonly BlindedVin[]) =>
    evaluator.evaluate(some.map((each) => each.blinded));
  const all = answerOf(blinded);
  const one = blinded.slice(0, 1);
  const ofOne = answerOf(one);
  const evaluateMs = cpuMs(() => answerOf(one));
  const blindMs = cpuMs(() => blindVin(vinOf(1), randomBytes));
  const readMs = cpuMs(() => tagsOf(one, ofOne, evaluator.publicKey));
  const readAllMs = cpuMs(() => tagsOf(blinded, all, evaluator.publicKey), 5);
  return [
    { figure: 'evaluator: one element with its proof, CPU', value: evaluateMs, unit: 'ms' },
    { figure: 'intake: blind and verify one VIN, CPU', value: blindMs + readMs, unit: 'ms' },
    {
      figure: 'intake: blind and verify, each of 50 VINs, CPU',
      value: blindMs + readAllMs / blinded.length,
      unit: 'ms',
    },
  ];
}

/** CPU time of a piece of work. */
function cpuMs(work: () => unknown, rounds = ROUNDS): number {
  work();
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / rounds;
}

function vinOf(index: number): Vin {
  return normaliseVin(`WVWZZZ1JZXW${String(index).padStart(6, '0')}`);
}

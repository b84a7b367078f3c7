import { answerVehicle, answerView, type History, type ViewQuestion } from '@passport/oracle';

import { pick } from './random.ts';

/** Questions over all views; a window of the last one is drawn. */
const questions: readonly ViewQuestion[] = [
  { view: 'events', metrics: ['events', 'vehicles', 'contributors', 'meanQuality'], by: ['kind'] },
  { view: 'events', metrics: ['events'], by: ['day', 'sourceKind', 'kind'] },
  {
    view: 'usage',
    metrics: ['trips', 'distanceM', 'meanTripM', 'tripMP50', 'speedP90', 'vehicles'],
    by: ['day'],
  },
  { view: 'usage', metrics: ['harshBrakes', 'durationMs', 'tripMP90'] },
  {
    view: 'mileage',
    metrics: ['readings', 'kmDriven', 'rollbacks', 'kmRolledBack', 'kmPerStepP50', 'meanQuality'],
    by: ['day', 'sourceKind'],
  },
  { view: 'interventions', metrics: ['interventions', 'vehicles'], by: ['job'] },
  { view: 'incidents', metrics: ['incidents', 'vehicles'], by: ['severity', 'day'] },
];

/** How an answer differs from what the oracle says, in words; empty when it does not. */
export type Difference = string;

/** What the API answers, compared with the oracle, each at the block that the answer states. */
export class Answers {
  readonly #url: string;
  readonly #history: History;
  readonly #random: () => number;

  constructor(url: string, history: History, random: () => number) {
    this.#url = url;
    this.#history = history;
    this.#random = random;
  }

  /** Waits until views are exact at a block, or a later one. Throws with what the API says of itself. */
  async reached(block: number, timeoutMs: number): Promise<void> {
    const until = Date.now() + timeoutMs;
    let said: unknown;
    while (Date.now() < until) {
      said = await this.#get('/v1/status').catch(String);
      if (((said as { block?: number | null }).block ?? -1) >= block) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`answers have not reached block ${block}: ${JSON.stringify(said)}`);
  }

  /** The block of the newest exact answer. */
  async block(): Promise<number> {
    return ((await this.#get('/v1/status')) as { block: number | null }).block ?? -1;
  }

  /** All that is not as the oracle has it, over all views, and some log books. */
  async differences(vids: readonly string[]): Promise<Difference[]> {
    const found: Difference[] = [];
    const window = pick(['1h', '24h', '7d'], this.#random);
    const metrics = ['events', 'distanceM', 'flags'];
    const activity = { view: 'activity', metrics, by: ['kind'], filters: { window: [window] } };
    for (const question of [...questions, activity]) {
      found.push(...(await this.#compareView(question)));
    }
    for (let count = 0; count < 4; count += 1) {
      found.push(...(await this.#compareVehicle(pick(vids, this.#random))));
    }
    return found;
  }

  async #compareView(question: ViewQuestion): Promise<Difference[]> {
    const { view, metrics, by = [], filters = {} } = question;
    const parameters = new URLSearchParams({ metrics: metrics.join() });
    if (by.length > 0) parameters.set('by', by.join());
    for (const [name, values] of Object.entries(filters)) {
      for (const value of values) parameters.append(name, value);
    }
    const path = `/v1/views/${view}?${parameters.toString()}`;
    const answer = (await this.#get(path)) as { readonly block: number };
    await this.#known(answer.block);
    return differenceOf(path, answer, answerView(this.#history, question, answer.block));
  }

  async #compareVehicle(vid: string): Promise<Difference[]> {
    const path = `/v1/vehicles/${vid}`;
    const answer = (await this.#get(path)) as { readonly block: number };
    await this.#known(answer.block);
    return differenceOf(path, answer, answerVehicle(this.#history, vid, answer.block));
  }

  /** Who follows the ledger for the oracle may be a block behind. */
  async #known(block: number): Promise<void> {
    while (this.#history.blocks.length <= block) {
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, { signal: AbortSignal.timeout(10_000) });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  }
}

function differenceOf(path: string, answer: object, expected: object | undefined): Difference[] {
  const [ours, theirs] = [sorted(answer), sorted(expected ?? {})];
  return ours === theirs ? [] : [`${path}\n answers ${ours}\n oracle  ${theirs}`];
}

/** As text, the names of each object in their order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

import { join } from 'node:path';

import { parseVid, type Vid } from '@passport/model';
import { madeUpVin, settings } from '@passport/sandbox';
import { newPerson, type Page } from '@passport/testkit/browser';
import { readEnrolments } from '@passport/web/enrolments';

import type { SandboxWorld } from './sandbox-world.ts';
import { there } from './there.ts';

/** Blinding, sealing, blocks: on a busy machine each takes seconds. */
export const PATIENCE_MS = 180_000;
export const WAY_MS = 600_000;

const { seed } = settings.parse({});

/** The VIN that stands for a vehicle of the sandbox's fleet. */
export function vinOf(vehicle: number): string {
  return madeUpVin(`synthetic-${seed}-${vehicle}`);
}

/** Professionals at work, each in a browser of their own, and what one leaves for the next. */
export class Shift {
  readonly #world: () => SandboxWorld;
  #garage: Page | undefined;
  #appraiser: Page | undefined;
  #vid: Vid | undefined;
  /** A car that was taken in, and its owner's browser. */
  newcomer: { readonly vid: Vid; readonly owner: Page } | undefined;
  /** Errors of all their consoles. */
  readonly complaints: string[] = [];

  constructor(world: () => SandboxWorld) {
    this.#world = world;
  }

  get world(): SandboxWorld {
    return this.#world();
  }

  get garage(): Page {
    return there(this.#garage, 'garage');
  }

  set garage(page: Page) {
    this.#garage = page;
  }

  get appraiser(): Page {
    return there(this.#appraiser, 'appraiser');
  }

  set appraiser(page: Page) {
    this.#appraiser = page;
  }

  /** The car that they work on. */
  get vid(): Vid {
    return there(this.#vid, 'car');
  }

  set vid(vid: Vid) {
    this.#vid = vid;
  }

  /** Somebody with an empty browser and the code of a trade. */
  async enrol(name: string): Promise<Page> {
    const { browser, directory, pages } = this.world;
    const all = await readEnrolments(join(directory, 'enrolments.json'));
    const code = all.find((one) => one.name === name && one.keyId === null)?.code ?? '';
    const { page } = await newPerson(browser);
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.goto(`${pages}/professional`);
    await page.locator('#enrolment-code').fill(code);
    await page.getByRole('button', { name: 'Enrol' }).click();
    await page.getByRole('heading', { name }).waitFor();
    return page;
  }

  /** The code that a source was enrolled by. */
  async codeOf(source: string): Promise<string> {
    const all = await readEnrolments(join(this.world.directory, 'enrolments.json'));
    return all.find((one) => one.source === source)?.code ?? '';
  }

  async find(page: Page, vin: string): Promise<Vid> {
    await page.locator('#vin').fill(vin);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.locator('#state-now').waitFor();
    return vidOn(page);
  }

  /** Presses the button of an act, and signs. */
  async act(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name }).click();
    await page.getByRole('button', { name: 'Yes, sign' }).click();
    await page.getByText('Signed, in block').waitFor();
  }

  /** The state of their car, as the ledger has it. */
  async stateNow(): Promise<string> {
    return (await this.world.ledger.passport.readVehicle({ vid: this.vid })).lifeCycle.state;
  }
}

/** The car that a page shows. */
export async function vidOn(page: Page): Promise<Vid> {
  return parseVid((await page.getByRole('article').getAttribute('aria-label')) ?? '');
}

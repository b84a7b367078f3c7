import type { RequestSigner } from '@passport/ledger-client';
import { parseVin, type Vid, type Vin } from '@passport/model';
import { blindVin, oprfKeyIdOf, tagsOf, type VinTag } from '@passport/privacy/oprf';

import { commitTo, type MatchProof, SALT_BYTES } from '../match-statement.ts';
import {
  ELEMENTS_MAX,
  evaluationAnswer,
  MATCHES_MAX,
  matchesAnswer,
  type MatchRequest,
} from '../wire.ts';
import { IntakeHttp } from './intake-http.ts';

/** What an intake needs. */
export type VinMatcherOptions = {
  readonly evaluatorUrl: string;
  /**
   * Public keys of the evaluator that are in use (compressed points), which the consortium has told. They
   * are not taken from the evaluator: by a key for one intake alone it could tell its vehicles apart.
   */
  readonly evaluatorKeys: readonly Uint8Array[];
  readonly registryUrl: string;
  /** A user of the intake's member. */
  readonly signer: RequestSigner;
  readonly now: () => Date;
  readonly random: (size: number) => Uint8Array;
};

/** A vehicle as it stands in the intake. */
export type VehicleAtIntake = {
  /** As people write it. */
  readonly vin: string;
  /** Number of its registration paper. */
  readonly paper: string;
  readonly wants: MatchRequest['wants'];
};

/** What the intake learns. */
export type VehicleMatch = {
  readonly vid: Vid;
  readonly isNew: boolean;
  readonly isDisputed: boolean;
  /** By which the vehicle is registered on the ledger; null for who may not. */
  readonly ticket: string | null;
  /** For the holder of VIN and paper. */
  readonly proof: MatchProof;
};

/** VIN to vid: the VIN stays in this process, the evaluator sees it blinded, the registry its tag. */
export class VinMatcher {
  readonly #options: VinMatcherOptions;
  readonly #evaluator: IntakeHttp;
  readonly #registry: IntakeHttp;

  constructor(options: VinMatcherOptions) {
    const { evaluatorUrl, registryUrl, signer, now } = options;
    this.#options = options;
    this.#evaluator = new IntakeHttp({ url: evaluatorUrl, signer, now });
    this.#registry = new IntakeHttp({ url: registryUrl, signer, now });
  }

  /**
   * Matches vehicles, any number, in their order. May be called again for the same ones: who registers
   * a vehicle gets its vid and a ticket again. Throws PassportError: `VIN_INVALID`,
   * `VIN_CHECK_DIGIT_WRONG`, `OPRF_PROOF_INVALID`, and what a service refuses with.
   */
  async match(vehicles: readonly VehicleAtIntake[]): Promise<VehicleMatch[]> {
    const vins = vehicles.map(({ vin }) => parseVin(vin));
    const matches: VehicleMatch[] = [];
    for (const [start, part] of partsOf(vehicles, MATCHES_MAX)) {
      matches.push(...(await this.#matchPart(part, vins.slice(start, start + part.length))));
    }
    return matches;
  }

  /** Tags of VINs, one of each key in use. Throws PassportError. */
  async tags(vins: readonly Vin[]): Promise<VinTag[][]> {
    const tags: VinTag[][] = vins.map(() => []);
    for (const publicKey of this.#options.evaluatorKeys) {
      for (const [start, part] of partsOf(vins, ELEMENTS_MAX)) {
        const made = await this.#evaluate(part, publicKey);
        for (const [index, tag] of made.entries()) tags[start + index]?.push(tag);
      }
    }
    return tags;
  }

  async #matchPart(
    vehicles: readonly VehicleAtIntake[],
    vins: readonly Vin[],
  ): Promise<VehicleMatch[]> {
    const tags = await this.tags(vins);
    const salts = vehicles.map(() => this.#options.random(SALT_BYTES));
    const requests = vehicles.map(({ paper, wants }, index) => ({
      ...{ tags: tags[index], wants },
      commitment: commitTo({ vin: at(vins, index), paper }, at(salts, index)),
    }));
    const { matches } = await this.#registry.send('POST', '/v1/matches', matchesAnswer, {
      matches: requests,
    });
    if (matches.length !== vehicles.length) throw new Error('the registry left some out');
    return matches.map(({ statement, ...match }, index) => ({
      ...match,
      proof: { salt: Buffer.from(at(salts, index)).toString('base64url'), statement },
    }));
  }

  async #evaluate(vins: readonly Vin[], publicKey: Uint8Array): Promise<VinTag[]> {
    const blinded = vins.map((vin) => blindVin(vin, this.#options.random));
    const { evaluated, proof } = await this.#evaluator.send(
      'POST',
      '/v1/evaluations',
      evaluationAnswer,
      {
        keyId: oprfKeyIdOf(publicKey),
        blinded: blinded.map((each) => Buffer.from(each.blinded).toString('base64url')),
      },
    );
    const bytes = (text: string) => Buffer.from(text, 'base64url');
    return tagsOf(blinded, { evaluated: evaluated.map(bytes), proof: bytes(proof) }, publicKey);
  }
}

/** Parts of a list with their starts. */
function* partsOf<T>(list: readonly T[], size: number): Generator<readonly [number, readonly T[]]> {
  for (let start = 0; start < list.length; start += size) {
    yield [start, list.slice(start, start + size)];
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing is at ${index}`);
  return found;
}

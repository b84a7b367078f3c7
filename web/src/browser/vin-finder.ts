import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type CertifiedSigner, PROOF_HEADER, signRequest } from '@passport/ledger-client/wallet';
import {
  base64urlOf,
  bytesOfBase64url,
  canonicalJson,
  errorCatalogue,
  isErrorCode,
  parseVin,
  PassportError,
  vid,
} from '@passport/model';
import { blindVin, oprfKeyIdOf, tagsOf, type VinTag } from '@passport/privacy/oprf';
import * as z from 'zod/mini';

const SALT_BYTES = 32;
const ANSWER_MS = 30_000;

const evaluation = z.object({ evaluated: z.array(z.string()), proof: z.string() });
const matches = z.object({
  matches: z.array(
    z.object({ vid, isNew: z.boolean(), isDisputed: z.boolean(), ticket: z.nullable(z.string()) }),
  ),
});
const problem = z.object({ code: z.string(), detail: z.optional(z.string()) });

/** Where VINs are found, and who asks. */
export type VinFinderOptions = {
  /** As evaluator and registry know themselves: proofs are for these. */
  readonly evaluatorUrl: string;
  readonly registryUrl: string;
  /** Compressed points, base64url. */
  readonly evaluatorKeys: readonly string[];
  readonly signer: CertifiedSigner;
  readonly now: () => Date;
  readonly random: (bytes: number) => Uint8Array;
  /** Sends to the portal, which passes it on. */
  readonly fetch: typeof fetch;
};

/** What the registry answers of one VIN. */
export type FoundVin = z.output<typeof matches>['matches'][number];

/** VIN to vid in a browser: the VIN stays here, the evaluator sees it blinded, the registry its tag; the portal neither. */
export class VinFinder {
  readonly #options: VinFinderOptions;

  constructor(options: VinFinderOptions) {
    this.#options = options;
  }

  /**
   * Finds a vehicle. Throws PassportError `VIN_INVALID`, `VIN_CHECK_DIGIT_WRONG`, `OPRF_PROOF_INVALID`, and what a service
   * refuses with. Who wants a registration claims the vehicle: a second claim is a dispute.
   */
  async find(text: string, wants: 'vid' | 'registration' = 'vid'): Promise<FoundVin> {
    const { evaluatorKeys, registryUrl, random } = this.#options;
    const vin = parseVin(text);
    const tags: VinTag[] = [];
    for (const key of evaluatorKeys) tags.push(await this.#tag(vin, bytesOfBase64url(key)));
    // Who only looks keeps no proof: the salt is forgotten, and the commitment tells nothing without it.
    const content = new TextEncoder().encode(canonicalJson({ paper: '', vin }));
    const commitment = base64urlOf(hmac(sha256, random(SALT_BYTES), content));
    const request = { matches: [{ tags, wants, commitment }] };
    const answer = await this.#send('matches', matches, `${registryUrl}/v1/matches`, request);
    const [found] = answer.matches;
    if (found === undefined) throw new Error('the registry left the vehicle out');
    return found;
  }

  async #tag(vin: ReturnType<typeof parseVin>, publicKey: Uint8Array): Promise<VinTag> {
    const blinded = blindVin(vin, this.#options.random);
    const url = `${this.#options.evaluatorUrl}/v1/evaluations`;
    const { evaluated, proof } = await this.#send('evaluations', evaluation, url, {
      keyId: oprfKeyIdOf(publicKey),
      blinded: [base64urlOf(blinded.blinded)],
    });
    const answer = { evaluated: evaluated.map(bytesOfBase64url), proof: bytesOfBase64url(proof) };
    const [tag] = tagsOf([blinded], answer, publicKey);
    if (tag === undefined) throw new Error('the evaluator left the VIN out');
    return tag;
  }

  async #send<Schema extends z.ZodMiniType>(
    path: string,
    answer: Schema,
    url: string,
    content: object,
  ): Promise<z.output<Schema>> {
    const { signer, now } = this.#options;
    const body = new TextEncoder().encode(JSON.stringify(content));
    const proof = await signRequest(signer, { method: 'POST', url, body }, now);
    const response = await this.#options.fetch(`/vin/${path}`, {
      method: 'POST',
      headers: { [PROOF_HEADER]: proof, 'Content-Type': 'application/json' },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const said: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer.parse(said);
    const { code, detail } = problem.safeParse(said).data ?? {};
    if (code === undefined || !isErrorCode(code)) {
      throw new Error(`the service answers with status ${response.status}`);
    }
    throw new PassportError(code, detail ?? errorCatalogue[code].means);
  }
}

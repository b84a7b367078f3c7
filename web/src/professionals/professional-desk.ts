import { X509Certificate } from 'node:crypto';

import {
  type AbsentSigner,
  identityOfChain,
  keyIdOf,
  type OfflineLedger,
  type PassportClient,
  type ProofPolicy,
  type Signed,
  verifyRequest,
} from '@passport/ledger-client';
import {
  base64urlOf,
  bytesOfBase64url,
  contracts,
  type ContractFunctions,
  instantOf,
  type LogBook,
  parse,
  parseJson,
  parseVid,
  PassportError,
  publicKey,
  type SealingKey,
} from '@passport/model';
import { z } from 'zod';

import type { ConnectorState } from '../watch/read-feeds.ts';
import type { Enrolled, EnrolmentDesk } from './enrolment-desk.ts';

/** What a professional's browser has to know of the portal, the ledger and the registry. */
export type ProfessionalPlace = {
  readonly ledger: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly member: string;
  /** The URL that proofs to the portal are for. */
  readonly proofUrl: string;
  /** Evaluator and registry, as they know themselves; null where VINs are not found here. */
  readonly vin: {
    readonly evaluatorUrl: string;
    readonly registryUrl: string;
    /** Public keys of the evaluator, as this portal's member was told them: compressed points, base64url. */
    readonly evaluatorKeys: readonly string[];
  } | null;
};

/** What a member sees of a vehicle, and the keys that fields are sealed to. */
export type VehicleForMember = { readonly book: LogBook; readonly keys: readonly SealingKey[] };

/** What the desk is made of. */
export type ProfessionalDeskOptions = {
  readonly place: ProfessionalPlace;
  readonly client: PassportClient;
  readonly offline: OfflineLedger;
  readonly policy: ProofPolicy;
  /** Without it nobody is enrolled here; who was, works on. */
  readonly enrolment: EnrolmentDesk | undefined;
  /** Reads the feeds of the sources of this portal's member. */
  readonly feeds: () => Promise<readonly ConnectorState[]>;
};

/** What professionals may have prepared here. */
const functions: ReadonlySet<string> = new Set([
  'registerVehicles',
  'recordEvents',
  'appraise',
  'declareWreck',
  'recordRepair',
  'liftWreck',
  'recordExport',
  'recordReturn',
  'scrap',
  'replaceOdometer',
  'voidEvent',
]);

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const certificate = z.string().min(1).max(4_000);
const enrolmentRequest = z.strictObject({ code: z.string().max(64), publicKey });
const proposalRequest = z.strictObject({
  certificate,
  functionName: z.string().max(40),
  /** JSON, and signed as it is. */
  request: z.string().min(2),
});
const signedRequest = z.strictObject({ certificate, bytes: base64url, signature: base64url });

/** A request that came with a proof. */
export type ProvenBody = {
  readonly proof: string | undefined;
  /** Path and query. */
  readonly target: string;
  readonly body?: Uint8Array;
};

/**
 * What a member's portal does for professionals who have nothing but a browser: it enrols them, prepares transactions
 * that they sign, and shows them what members see. It cannot write in their names: the key is in the browser.
 */
export class ProfessionalDesk {
  readonly #options: ProfessionalDeskOptions;

  constructor(options: ProfessionalDeskOptions) {
    this.#options = options;
  }

  /** Where it leads, and what time it is. */
  place() {
    const { place, policy } = this.#options;
    return { ...place, time: instantOf(policy.now().getTime()) };
  }

  /** Enrols the holder of a code and of a key, which the request's proof is by. Throws as EnrolmentDesk, `verifyRequest`. */
  async enrol(request: ProvenBody): Promise<Enrolled> {
    const { enrolment } = this.#options;
    if (enrolment === undefined) {
      throw new PassportError('NOT_READY', 'nobody is enrolled at these pages');
    }
    const { keyId } = await this.#requester('POST', request);
    const text = new TextDecoder().decode(request.body);
    const { code, publicKey: key } = parseJson(enrolmentRequest, text);
    if ((await keyIdOf(key)) !== keyId) {
      throw new PassportError('PROOF_SIGNATURE_INVALID', 'the proof is by another key');
    }
    return enrolment.enrol(code, { keyId, publicKey: key });
  }

  /** A vehicle as its members see it, for any member's user. Throws as `verifyRequest`, LedgerError. */
  async vehicle(vid: string, request: ProvenBody): Promise<VehicleForMember> {
    const { client } = this.#options;
    const { kind } = await this.#requester('GET', request);
    if (kind !== 'member') throw new PassportError('ROLE_MISSING', 'members see this, no others');
    const of = { vid: parseVid(vid) };
    const [book, keys] = await Promise.all([
      client.passport.readLogBook(of),
      client.consent.readSealingKeys(of),
    ]);
    return { book, keys };
  }

  /**
   * How the feeds of this portal's member are, for its own people: they are numbers of one organisation. Throws as
   * `verifyRequest`, PassportError `ROLE_MISSING`.
   */
  async feeds(request: ProvenBody): Promise<{ readonly connectors: readonly ConnectorState[] }> {
    const { place, feeds } = this.#options;
    const requester = await this.#requester('GET', request);
    if (requester.kind !== 'member' || requester.mspId !== place.member) {
      throw new PassportError('ROLE_MISSING', `people of ${place.member} see this, no others`);
    }
    return { connectors: await feeds() };
  }

  /** Prepares a call for whoever holds that certificate's key. Throws PassportError. */
  propose(body: unknown) {
    const { certificate: pem, functionName, request } = parse(proposalRequest, body);
    const table: ContractFunctions = contracts.Passport;
    const definition = table[functionName];
    if (!functions.has(functionName) || definition === undefined) {
      throw new PassportError('ROUTE_UNKNOWN', `${functionName} is not prepared here`);
    }
    parseJson(definition.request, request);
    const { chaincode } = this.#options.place;
    const call = { chaincode, contract: 'Passport', transaction: functionName, args: [request] };
    return textOf(this.#options.offline.propose(this.#signer(pem), call));
  }

  /** Has a signed proposal endorsed. Throws PassportError, LedgerError. */
  async endorse(body: unknown) {
    const { signer, signed } = this.#signed(body);
    const { result, ...unsigned } = await this.#options.offline.endorse(signer, signed);
    return { ...textOf(unsigned), result: new TextDecoder().decode(result) };
  }

  /** Submits a signed transaction. Throws PassportError, LedgerError. */
  async submit(body: unknown) {
    const { signer, signed } = this.#signed(body);
    return textOf(await this.#options.offline.submit(signer, signed));
  }

  /** Waits for its block. Throws PassportError, LedgerError. */
  async committed(body: unknown) {
    const { signer, signed } = this.#signed(body);
    const block = await this.#options.offline.committed(signer, signed);
    return { block: block.toString() };
  }

  #requester(method: string, { proof, target, body }: ProvenBody) {
    const { place, policy } = this.#options;
    const url = new URL(target, place.proofUrl).href;
    return verifyRequest(proof, { method, url, ...(body && { body }) }, policy);
  }

  #signed(body: unknown): { readonly signer: AbsentSigner; readonly signed: Signed } {
    const { certificate: pem, bytes, signature } = parse(signedRequest, body);
    const signed = { bytes: bytesOfBase64url(bytes), signature: bytesOfBase64url(signature) };
    return { signer: this.#signer(pem), signed };
  }

  /** Work is done for members' users only; that it is them, peers find by the signature. */
  #signer(pem: string): AbsentSigner {
    const { roots, now } = this.#options.policy;
    let own: X509Certificate;
    try {
      own = new X509Certificate(pem);
    } catch {
      throw new PassportError('CALLER_UNKNOWN', 'it is no certificate');
    }
    const { mspId } = identityOfChain([own], roots, now());
    return { mspId, certificate: new TextEncoder().encode(pem) };
  }
}

function textOf({ transactionId, bytes }: { transactionId: string; bytes: Uint8Array }) {
  return { transactionId, bytes: base64urlOf(bytes) };
}

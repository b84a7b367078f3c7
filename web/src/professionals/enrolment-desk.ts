import {
  connectLedger,
  type NetworkProfile,
  type OrganisationProfile,
  passportClient,
} from '@passport/ledger-client';
import {
  type MspId,
  organisationOfSource,
  parseCommandId,
  PassportError,
  type PublicKey,
  type KeyId,
} from '@passport/model';

import { CertificateAuthority } from './certificate-authority.ts';
import { type Enrolment, readEnrolments, takeEnrolment, writeEnrolments } from './enrolments.ts';

/** What a professional is told once they are enrolled. */
export type Enrolled = Pick<Enrolment, 'name' | 'source' | 'roles' | 'methods'> & {
  readonly mspId: MspId;
  /** In PEM. */
  readonly certificate: string;
};

/** What the desk works with. */
export type EnrolmentDeskOptions = {
  readonly profile: NetworkProfile;
  /** Codes that administrators have given. */
  readonly file: string;
  readonly chaincode: string;
  readonly now: () => Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
};

/**
 * A member's administration, as far as it enrols professionals: a code and a key become a source of the member on the
 * ledger, and a certificate. It has the member's authority and its administrator's key, so it stands where those do.
 */
export class EnrolmentDesk {
  readonly #options: EnrolmentDeskOptions;
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: EnrolmentDeskOptions) {
    this.#options = options;
  }

  /**
   * Enrols the holder of a key; may be called again by the same key. Throws PassportError `CALLER_UNKNOWN`,
   * LedgerError, LedgerProfileError.
   */
  enrol(code: string, key: { readonly keyId: KeyId; readonly publicKey: PublicKey }) {
    // One after the other: of two that have the same code, the second must find it used.
    const result = this.#before.then(() => this.#enrol(code, key));
    this.#before = result.catch(() => undefined);
    return result;
  }

  async #enrol(
    code: string,
    { keyId, publicKey }: { readonly keyId: KeyId; readonly publicKey: PublicKey },
  ): Promise<Enrolled> {
    const { file, profile, now } = this.#options;
    const { taken, all } = takeEnrolment(await readEnrolments(file), code, keyId);
    await writeEnrolments(file, all);
    const mspId = organisationOfSource(taken.source);
    const organisation = organisationIn(profile, mspId);
    const authority = await CertificateAuthority.read(profile, organisation.domain);
    await this.#register(taken, mspId, keyId);
    const certificate = await authority.certify(publicKey, taken.source.replace('/', '.'), now());
    const { name, source, roles, methods } = taken;
    return { name, source, roles, methods, mspId, certificate };
  }

  /** The member's administrator names the source and its key on the ledger; the command executes once. */
  async #register({ source, kind, methods }: Enrolment, mspId: MspId, key: KeyId): Promise<void> {
    const { profile, chaincode, random } = this.#options;
    const connection = await connectLedger(profile, { mspId, user: 'Admin' });
    try {
      const { members } = passportClient(connection, { chaincode, random });
      const commandId = parseCommandId(`enrol-${source.slice(source.indexOf('/') + 1)}`);
      await members.registerSource({ commandId, source, kind, methods, keys: [key] });
    } finally {
      connection.close();
    }
  }
}

function organisationIn(profile: NetworkProfile, mspId: MspId): OrganisationProfile {
  const found = profile.organisations.find((one) => one.mspId === mspId);
  if (found !== undefined) return found;
  throw new PassportError('MEMBER_UNKNOWN', `${mspId} is not on this network`);
}

import { type Member, type MspId, PassportError } from '@passport/model';

import type { ReadLedger } from './read-ledger.ts';

/** What is known of members, and for how long. */
export type MembersOptions = {
  readonly ledger: Pick<ReadLedger, 'members'>;
  readonly now: () => Date;
  /** After so long the ledger is asked again, milliseconds. */
  readonly ageMsMax: number;
};

/** Who is a member of the consortium, and not suspended. */
export class Members {
  readonly #options: MembersOptions;
  #known: { readonly readMs: number; readonly members: Promise<readonly Member[]> } | undefined;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** Throws PassportError `MEMBER_UNKNOWN`, `MEMBER_SUSPENDED`, `NOT_READY`. */
  async requireActive(mspId: MspId): Promise<void> {
    await this.#active(mspId);
  }

  /** As {@link requireActive}. Throws PassportError `ROLE_MISSING`, too. */
  async requireRegistry(mspId: MspId): Promise<void> {
    if ((await this.#active(mspId)).roles.includes('registry')) return;
    throw new PassportError('ROLE_MISSING', `${mspId} is not the registry`);
  }

  async #active(mspId: MspId): Promise<Member> {
    const members = await this.#read();
    const member = members.find((one) => one.mspId === mspId);
    if (member === undefined) throw new PassportError('MEMBER_UNKNOWN', `${mspId} is none`);
    if (member.status === 'active') return member;
    throw new PassportError('MEMBER_SUSPENDED', `${mspId} reads nothing while it is suspended`);
  }

  async #read(): Promise<readonly Member[]> {
    const { ledger, now, ageMsMax } = this.#options;
    const readMs = now().getTime();
    if (this.#known === undefined || readMs - this.#known.readMs >= ageMsMax) {
      this.#known = { readMs, members: ledger.members() };
    }
    const known = this.#known;
    try {
      return await known.members;
    } catch (error) {
      if (this.#known === known) this.#known = undefined;
      throw error;
    }
  }
}

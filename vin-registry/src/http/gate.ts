import {
  PROOF_HEADER,
  type ProofPolicy,
  type Requester,
  verifyRequest,
} from '@passport/ledger-client';
import { type MspId, PassportError } from '@passport/model';
import type { Context } from 'hono';

import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { IntakeLimits } from '../limits/intake-limits.ts';

/** A user of a member, by its certificate. */
export type Intake = Extract<Requester, { readonly kind: 'member' }>;

/** What stands between a request and the work. */
export type GateOptions = {
  readonly proofs: ProofPolicy;
  /** Under which callers know the service: `https://registry.example`. */
  readonly publicUrl: () => string;
  /** Members whose users may ask. */
  readonly intakes: ReadonlySet<MspId>;
  readonly limits: IntakeLimits;
  readonly audit: AuditLog;
  readonly now: () => Date;
};

/** What a request asks for, once it is read. */
type Asked = { readonly action: AuditEntry['action']; readonly count: number };

/** Lets certified intakes through, at their rate, and leaves a line of each request. */
export class Gate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Who sends a request, and its body. Throws PassportError. */
  async enter(context: Context): Promise<{ readonly intake: Intake; readonly body: string }> {
    const { proofs, publicUrl, intakes } = this.#options;
    const body = Buffer.from(await context.req.arrayBuffer());
    const { pathname, search } = new URL(context.req.url);
    const request = { method: context.req.method, url: `${publicUrl()}${pathname}${search}`, body };
    const requester = await verifyRequest(context.req.header(PROOF_HEADER), request, proofs);
    if (requester.kind !== 'member' || !intakes.has(requester.mspId)) {
      throw new PassportError('ROLE_MISSING', 'the caller is no certified intake');
    }
    return { intake: requester, body: body.toString('utf8') };
  }

  /**
   * Does the work, if the rate allows, and answers when the audit log has it. A refusal is logged
   * too: who tries too often is whom the log is for.
   */
  async pass<T>(intake: Intake, asked: Asked, work: () => T | Promise<T>): Promise<T> {
    try {
      this.#options.limits.take(intake.mspId, asked.count);
      const answer = await work();
      await this.#log(intake, asked, 'ok');
      return answer;
    } catch (error) {
      if (error instanceof PassportError) await this.#log(intake, asked, error.code);
      throw error;
    }
  }

  #log({ mspId, keyId }: Intake, asked: Asked, outcome: string): Promise<void> {
    const { audit, now } = this.#options;
    return audit.append({ at: now(), member: mspId, keyId, ...asked, outcome });
  }
}

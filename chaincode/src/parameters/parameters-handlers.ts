import {
  type Instant,
  type JsonValue,
  type ParameterName,
  type parametersContract,
  parameters,
  type ParameterVersion,
  parse,
  PassportError,
} from '@passport/model';

import { requireAdmin, requireCaller } from '../members/member-state.ts';
import type { Handlers } from '../transaction/contract-class.ts';
import { approve, propose } from '../transaction/proposal.ts';
import { putVersions, versionAt, versionsOf } from './parameter-state.ts';

const TOPIC = 'parameter';

type Proposed = {
  readonly name: ParameterName;
  readonly version: number;
  readonly value: JsonValue;
  readonly effectiveFrom: Instant;
};

/** Contract `Parameters`. */
export const parametersHandlers: Handlers<typeof parametersContract> = {
  async proposeParameter(tx, { name, value, effectiveFrom }) {
    requireAdmin(tx);
    await requireCaller(tx);
    const versions = await versionsOf(tx, name);
    requireLater(effectiveFrom, versions, tx.time);
    const version = versions.length;
    const proposed: Proposed = {
      name,
      version,
      value: parse(parameters[name].schema, value, 'PARAMETER_VALUE_INVALID'),
      effectiveFrom,
    };
    const proposalId = await propose(tx, TOPIC, proposed);
    tx.emit('ParameterProposed', { proposalId, ...proposed });
    return { proposalId, version };
  },

  async approveParameter(tx, { proposalId }) {
    requireAdmin(tx);
    await requireCaller(tx);
    const { content, proposedBy } = await approve<Proposed>(tx, TOPIC, proposalId);
    const { name, version, value } = content;
    const versions = await versionsOf(tx, name);
    if (versions.length !== version) {
      throw new PassportError('PROPOSAL_OUTDATED', `${name} has version ${versions.length - 1}`);
    }
    // Nothing that has happened is judged by a rule that came later.
    const effectiveFrom = content.effectiveFrom > tx.time ? content.effectiveFrom : tx.time;
    const approved: ParameterVersion = {
      version,
      value,
      effectiveFrom,
      proposedBy,
      approvedBy: tx.caller.mspId,
    };
    await putVersions(tx, name, [...versions, approved]);
    tx.emit('ParameterApproved', { name, version, effectiveFrom });
    return approved;
  },

  async readParameter(tx, { name }) {
    const versions = await versionsOf(tx, name);
    return { name, current: versionAt(versions, tx.time), versions };
  },
};

/** Versions hold one after the other, so none begins before the one before it. */
function requireLater(
  effectiveFrom: Instant,
  versions: readonly ParameterVersion[],
  now: Instant,
): void {
  const newest = versions.at(-1)?.effectiveFrom ?? null;
  if (effectiveFrom >= now && (newest === null || effectiveFrom > newest)) return;
  throw new PassportError(
    'EXPIRY_INVALID',
    `it must hold from ${newest !== null && newest >= now ? `later than ${newest}` : `${now} on`}`,
  );
}

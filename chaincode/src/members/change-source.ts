import { type MspId, organisationOfSource, PassportError, type Source } from '@passport/model';

/**
 * A source once it is suspended. Of two who suspend it the one that is not its own organisation
 * counts, so that nobody escapes an auditor by suspending their source themselves.
 */
export function suspendedSource(present: Source, by: MspId): Source {
  const isOwn = by === organisationOfSource(present.source);
  const suspendedBy = isOwn ? (present.suspendedBy ?? by) : by;
  return { ...present, status: 'suspended', suspendedBy, version: present.version + 1 };
}

/**
 * A source once it may write again. Throws PassportError `SAME_ORGANISATION` when its own
 * organisation reinstates what another one suspended.
 */
export function reinstatedSource(present: Source, by: MspId): Source {
  const { suspendedBy, ...source } = present;
  const own = organisationOfSource(present.source);
  if (by === own && suspendedBy !== undefined && suspendedBy !== own) {
    throw new PassportError('SAME_ORGANISATION', `${suspendedBy} has suspended ${present.source}`);
  }
  return { ...source, status: 'active', version: present.version + 1 };
}

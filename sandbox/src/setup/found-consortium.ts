import {
  type KeyId,
  parseCommandId,
  parseMspId,
  parseSourceId,
  type SourceId,
  type SourceKind,
} from '@passport/model';

import type { Members } from '../members.ts';
import {
  type Member,
  memberRoles,
  organisations,
  type SandboxSource,
  sources,
} from '../organisations.ts';

/** The source that signs registration tickets. */
export const REGISTRY: SourceId = parseSourceId('InspectionMSP/registry');

/** The id of a source on the ledger. */
export function idOf({ member, name }: SandboxSource): SourceId {
  return parseSourceId(`${member}/${name}`);
}

/**
 * Founds the consortium and registers its sources: what of it the ledger does not have yet. Answers what
 * was done, in words. Throws LedgerError.
 */
export async function foundConsortium(members: Members, registryKey: KeyId): Promise<string[]> {
  const done: string[] = [];
  if ((await members.MakerMSP.user.members.readMembers({})).length === 0) {
    await members.MakerMSP.admin.members.foundConsortium({
      commandId: parseCommandId('sandbox-found'),
      members: organisations.map(({ mspId }) => {
        const { name, roles } = memberRoles[mspId];
        return { mspId: parseMspId(mspId), name, roles: [...roles] };
      }),
    });
    done.push(`${organisations.length} members founded the consortium`);
  }
  const registered = await registerSources(members, registryKey);
  if (registered > 0) done.push(`${registered} sources registered, each with its key`);
  return done;
}

async function registerSources(members: Members, registryKey: KeyId): Promise<number> {
  const known = new Set(
    (await members.MakerMSP.user.members.readSources({})).map(({ source }) => source),
  );
  let registered = 0;
  const register = async (
    member: Member,
    source: SourceId,
    kind: SourceKind,
    methods: SandboxSource['methods'],
    key: KeyId,
  ): Promise<void> => {
    if (known.has(source)) return;
    const commandId = parseCommandId(`sandbox-source-${source.replace('/', '.')}`);
    const request = { commandId, source, kind, methods: [...methods], keys: [key] };
    await members[member].admin.members.registerSource(request);
    registered += 1;
  };
  for (const source of Object.values(sources)) {
    const { member, kind, methods } = source;
    await register(member, idOf(source), kind, methods, members[member].keyId);
  }
  await register('InspectionMSP', REGISTRY, 'registry', [], registryKey);
  return registered;
}

import {
  developmentSuites,
  instantOf,
  type KeyId,
  parseCommandId,
  parseMspId,
  parseSourceId,
  type SourceId,
  type SourceKind,
} from '@passport/model';

import { sleep } from '@passport/runtime';

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

/** When the sandbox lets fields be clear: soon enough that nobody waits for it. */
const EFFECTIVE_MS = 1_000;
const POLL_MS = 100;

/** The id of a source on the ledger. */
export function idOf({ member, name }: SandboxSource): SourceId {
  return parseSourceId(`${member}/${name}`);
}

/**
 * Founds the consortium, registers its sources, and lets a development ledger keep fields unsealed:
 * what of it the ledger does not have yet. Answers what was done, in words. Throws LedgerError.
 */
export async function foundConsortium(
  members: Members,
  registryKey: KeyId,
  now: () => Date,
): Promise<string[]> {
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
  if (await allowClearFields(members, now)) {
    done.push('two members let this development ledger keep fields unsealed (suite 0)');
  }
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

async function allowClearFields(members: Members, now: () => Date): Promise<boolean> {
  const { MakerMSP, BankMSP } = members;
  const name = 'privacy.suites';
  const { versions } = await MakerMSP.user.parameters.readParameter({ name });
  if (versions.length > 1) return false;
  const startMs = now().getTime();
  const proposed = await MakerMSP.admin.parameters.proposeParameter({
    commandId: parseCommandId(`sandbox-suites-${startMs}`),
    name,
    value: developmentSuites,
    effectiveFrom: instantOf(startMs + EFFECTIVE_MS),
  });
  const { proposalId } = proposed.answer;
  const commandId = parseCommandId(`sandbox-suites-${startMs}-approved`);
  await BankMSP.admin.parameters.approveParameter({ commandId, proposalId });
  while ((await MakerMSP.user.parameters.readParameter({ name })).current.version === 0) {
    await sleep(POLL_MS);
  }
  return true;
}

import type { ContractName } from '@passport/model';

/** A contract's functions that can be called through a relay. */
type Relayed<Rule> = { readonly [name in ContractName]?: Readonly<Record<string, Rule>> };

/** The parts of a request that are signed commands; they are the right to it, whoever brings them. */
export const relayedCommands: Relayed<readonly string[]> = {
  Consent: {
    publishSealingKeys: ['command'],
    grant: ['command'],
    revoke: ['command'],
    rewrap: ['command'],
    erase: ['command'],
  },
  Passport: { transferOwnership: ['seller', 'buyer'] },
  Market: { openTab: ['command'], topUpTab: ['command'], closeTab: ['command'] },
};

/**
 * Who may read: the present owner of the vehicle `vid`; the key that a part of the request names; or anybody who proves
 * a key.
 */
export type WhoReads =
  | { readonly kind: 'owner-of-vehicle' }
  | { readonly kind: 'key'; readonly part: string }
  | { readonly kind: 'account'; readonly part: string }
  | { readonly kind: 'anybody' };

const ofOwner: WhoReads = { kind: 'owner-of-vehicle' };

/** What can be read through a relay; all parts of these requests are texts. */
export const relayedReads: Relayed<WhoReads> = {
  Consent: {
    readOwnership: ofOwner,
    readSealingKeys: ofOwner,
    readGrants: ofOwner,
    countReads: ofOwner,
  },
  Passport: { readVehicle: ofOwner },
  Market: {
    readOwnerClaims: { kind: 'key', part: 'owner' },
    readTabs: { kind: 'key', part: 'buyer' },
    readOwnersPool: { kind: 'anybody' },
  },
  Tokens: { readBalance: { kind: 'account', part: 'account' } },
};

/** The rule of a function; undefined where it is not relayed. The names come from outside. */
export function ruleOf<Rule>(
  table: Relayed<Rule>,
  contract: string,
  functionName: string,
): Rule | undefined {
  const functions = Object.hasOwn(table, contract) ? table[contract as ContractName] : undefined;
  if (functions === undefined || !Object.hasOwn(functions, functionName)) return undefined;
  return functions[functionName];
}

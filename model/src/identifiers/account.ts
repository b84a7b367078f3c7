import { codedText, parse } from '../wire/parse.ts';
import type { KeyId, MspId } from './names.ts';

declare const accountBrand: unique symbol;

/** Who holds tokens: an organisation, one of its purses, or whoever holds a key. */
export type Account = string & { readonly [accountBrand]: true };

/** `org:<MSP id>`, `org:<MSP id>/<name>`, or `key:<key id>`. */
export const account = codedText<Account>(
  'ACCOUNT_INVALID',
  /^(?:org:[A-Za-z0-9][A-Za-z0-9.-]{0,63}(?:\/[a-z0-9][a-z0-9-]{0,31})?|key:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/,
);

/** What an account's id says of its holder. */
export type Holder =
  | { readonly kind: 'organisation'; readonly mspId: MspId }
  | { readonly kind: 'key'; readonly keyId: KeyId };

/** Reads an account. Throws PassportError `ACCOUNT_INVALID`. */
export function parseAccount(text: string): Account {
  return parse(account, text);
}

/** The account of an organisation, or one of its purses. */
export function organisationAccount(owner: MspId, name?: string): Account {
  return parseAccount(name === undefined ? `org:${owner}` : `org:${owner}/${name}`);
}

/** The account of whoever holds a key. */
export function keyAccount(key: KeyId): Account {
  return `key:${key}` as Account;
}

/** Who holds an account. */
export function holderOf(value: Account): Holder {
  const rest = value.slice(4);
  if (value.startsWith('key:')) return { kind: 'key', keyId: rest as KeyId };
  const slash = rest.indexOf('/');
  return { kind: 'organisation', mspId: (slash < 0 ? rest : rest.slice(0, slash)) as MspId };
}

import { grantee, type GrantTemplateName, grantTemplates, publicKey, vid } from '@passport/model';
import { z } from 'zod';

const names = Object.keys(grantTemplates) as [GrantTemplateName, ...GrantTemplateName[]];

/** What somebody asks an owner for: it travels in a link's fragment, so that no server sees it. */
const accessRequest = z.strictObject({
  v: z.literal(1),
  vid,
  grantee,
  /** How they call themselves; only the grantee is what the ledger knows. */
  name: z.string().min(1).max(80),
  template: z.enum(names),
  /** What the keys are to be sealed to. */
  readerKey: publicKey,
});

/** {@link accessRequest} */
export type AccessRequest = z.output<typeof accessRequest>;

/** The fragment of a link that asks an owner for access. */
export function accessFragment(request: AccessRequest): string {
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  const text = btoa(String.fromCharCode(...bytes));
  return `access=${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Reads one of a link or its fragment; undefined of anything else. */
export function readAccessRequest(text: string): AccessRequest | undefined {
  const found = /access=([A-Za-z0-9_-]+)/.exec(text)?.[1];
  if (found === undefined) return undefined;
  try {
    const characters = atob(found.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(characters, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return accessRequest.safeParse(value).data;
  } catch {
    // A code that was cut while it was copied: the page says so.
    return undefined;
  }
}

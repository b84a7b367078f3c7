import { base64urlOf } from '@passport/model';

/** SHA-256 of a body, in base64url; undefined where there is none. */
export async function digestOf(body: Uint8Array | undefined): Promise<string | undefined> {
  if (body === undefined || body.length === 0) return undefined;
  return base64urlOf(new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(body))));
}

import { createPrivateKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { World } from './start-world.ts';

const SCALAR_BYTES = 32;

/** Every private key on P-256 that lies on the disks of services, outside of key rings and wallets. */
export async function strayKeys({ directory }: World): Promise<Buffer[]> {
  const scalars = new Map<string, Buffer>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const where = relative(directory, path);
    if (!entry.isFile() || /^(owners|[A-Za-z]+-keys)\//.test(where)) continue;
    if (!/(_sk|\.(pem|key|jwk))$/.test(entry.name)) continue;
    const scalar = scalarIn(await readFile(path, 'utf8'));
    if (scalar !== undefined) scalars.set(scalar.toString('hex'), scalar);
  }
  return [...scalars.values()];
}

/** Undefined of a file that has no private key: a certificate. */
function scalarIn(text: string): Buffer | undefined {
  const jwk = /"d":\s*"([A-Za-z0-9_-]{43})"/.exec(text)?.[1];
  const isPem = text.includes('PRIVATE KEY-----');
  const d = jwk ?? (isPem ? createPrivateKey(text).export({ format: 'jwk' }).d : undefined);
  return d === undefined ? undefined : Buffer.from(d, 'base64url').subarray(0, SCALAR_BYTES);
}

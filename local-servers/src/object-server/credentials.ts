import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a client signs its requests with. */
export type Credentials = { readonly accessKey: string; readonly secretKey: string };

const FILE = 'credentials.json';
const ACCESS_KEY_BYTES = 10;
const SECRET_KEY_BYTES = 20;

/** The credentials of a server's folder: made at the first start, the same from then on. */
export async function credentialsIn(directory: string): Promise<Credentials> {
  const file = join(directory, FILE);
  const made = {
    accessKey: randomBytes(ACCESS_KEY_BYTES).toString('hex'),
    secretKey: randomBytes(SECRET_KEY_BYTES).toString('hex'),
  };
  try {
    // Only their owner may read them.
    await writeFile(file, JSON.stringify(made), { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(await readFile(file, 'utf8')) as Credentials;
  }
}

import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';

import type { ObjectContent, ObjectStore } from './object-store.ts';
import { isObjectExists } from './object-store-error.ts';

/**
 * Stores an object that has one content for ever. Succeeds where the same bytes are there already,
 * by an earlier call or by this one, its answer lost; throws OBJECT_EXISTS where others are.
 */
export async function putOnce(
  store: ObjectStore,
  key: string,
  content: ObjectContent,
): Promise<void> {
  try {
    await store.put(key, content, { ifAbsent: true });
  } catch (error) {
    if (!isObjectExists(error) || !(await hasContent(store, key, content))) throw error;
  }
}

async function hasContent(
  store: ObjectStore,
  key: string,
  content: ObjectContent,
): Promise<boolean> {
  if (content instanceof Uint8Array) {
    const stored = await store.get(key);
    return stored !== undefined && Buffer.compare(stored, content) === 0;
  }
  // Beside the file, since there is room for one as large.
  const copy = `${content.file}.stored`;
  try {
    if ((await store.fetchTo(key, copy)) === undefined) return false;
    return (await digestOf(copy)) === (await digestOf(content.file));
  } finally {
    await rm(copy, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

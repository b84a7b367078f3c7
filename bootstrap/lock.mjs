import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { BootstrapError, say } from './errors.mjs';

const POLL_MS = 200;
const WAIT_MS_MAX = 15 * 60_000;

/** A lock without a readable owner is being written just now; one older than this is abandoned. */
const UNREADABLE_MS_MAX = 5_000;

/**
 * Runs one piece of work while no other process of this project does the same. The lock is a file
 * that names its owner's process id; the lock of a dead owner is taken over.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {BootstrapError} when another process holds the lock for more than 15 minutes
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const giveUpAt = Date.now() + WAIT_MS_MAX;
  let told = false;
  while (!tryLock(file)) {
    if (removeIfAbandoned(file)) continue;
    if (Date.now() > giveUpAt) {
      throw new BootstrapError(`Another process has been installing for 15 minutes; see ${file}.`);
    }
    if (!told) say('Another process is installing for this project; waiting for it.');
    told = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {boolean} whether the lock is ours now
 */
function tryLock(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @returns {boolean} whether it is worth trying again at once
 */
function removeIfAbandoned(file) {
  try {
    if (!isAbandoned(file)) return false;
    const aside = `${file}.${process.pid}`;
    renameSync(file, aside);
    if (isAbandoned(aside)) {
      rmSync(aside);
    } else {
      // Another process took the lock over between the two looks: it gets it back.
      renameSync(aside, file);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

/** @param {string} file */
function isAbandoned(file) {
  const owner = Number(readFileSync(file, 'utf8'));
  if (owner > 0) return !isAlive(owner);
  return Date.now() - statSync(file).mtimeMs > UNREADABLE_MS_MAX;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * @param {unknown} error
 * @returns {unknown} the error's code, such as `ENOENT`
 */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

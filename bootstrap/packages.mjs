import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { say } from './errors.mjs';
import { withLock } from './lock.mjs';
import { runNpm } from './npm.mjs';

/**
 * One entry of a lock file: what npm wants, or what it has installed.
 *
 * @typedef {{
 *   version?: string, integrity?: string, link?: boolean, optional?: boolean,
 *   bin?: Record<string, string>,
 * }} LockEntry
 */

/**
 * Installs the packages when those in `node_modules` are not the ones that the lock file names.
 *
 * @param {string} project
 * @param {string} node the Node to run npm on
 * @throws {import('./errors.mjs').BootstrapError} when npm fails
 */
export async function ensurePackages(project, node) {
  if (packagesAreCurrent(project)) return;
  await withLock(join(project, '.cache', 'packages.lock'), async () => {
    // Another process may have installed them while this one waited for the lock.
    if (packagesAreCurrent(project)) return;
    say('Installing the packages of package-lock.json (npm ci).');
    // Even where NODE_ENV says production: the tools are development dependencies.
    await runNpm(node, ['ci', '--include=dev'], project);
    say('The packages are in place.');
  });
}

/**
 * Compares the lock file with the list that npm writes into `node_modules` at the end of an
 * installation. Contents, not times: a checkout of the same lock file costs no installation, and
 * an installation that was interrupted, or left the tools out, is seen.
 *
 * @param {string} project
 * @returns {boolean}
 */
export function packagesAreCurrent(project) {
  const wanted = lockEntries(join(project, 'package-lock.json'));
  const installed = installedPackages(project);
  const surplus = Object.keys(installed).some((path) => wanted[path] === undefined);
  return (
    !surplus &&
    Object.entries(wanted).every(([path, entry]) => {
      const present = installed[path];
      // The root itself is not listed, nor are optional packages for other kinds of machines.
      if (present === undefined) return path === '' || entry.optional === true;
      return present.version === entry.version && present.integrity === entry.integrity;
    })
  );
}

/**
 * @param {string} project
 * @returns {Record<string, LockEntry>} by path, such as `node_modules/vitest`; empty before the
 *   first installation
 */
export function installedPackages(project) {
  const file = join(project, 'node_modules', '.package-lock.json');
  return existsSync(file) ? lockEntries(file) : {};
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
function lockEntries(file) {
  return /** @type {{ packages: Record<string, LockEntry> }} */ (
    JSON.parse(readFileSync(file, 'utf8'))
  ).packages;
}

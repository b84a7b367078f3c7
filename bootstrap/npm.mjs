import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join, sep } from 'node:path';

import { runChild } from './child.mjs';
import { BootstrapError, Interrupted } from './errors.mjs';

/**
 * Runs the machine's own npm, on a Node of our choice: npm leaves out optional packages (such as
 * the linter's binaries) whose `engines` do not fit the Node that npm itself runs on.
 *
 * Its messages go to standard error, which leaves standard output to the tool.
 *
 * @param {string} node path of the Node to run it on
 * @param {string[]} args
 * @param {string} cwd
 * @throws {BootstrapError} when npm is not found or fails
 * @throws {Interrupted} when a signal ended it
 */
export async function runNpm(node, args, cwd) {
  const npm = findNpm(process.env, process.execPath);
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--ignore-scripts'];
  const end = await runChild(node, [npm, ...args, ...quiet, '--loglevel=error'], {
    cwd,
    env: npmEnvironment(npm, process.env),
    stdio: ['ignore', 2, 2],
  });
  if (end.signal !== null) throw new Interrupted(end);
  if (end.code !== 0) {
    throw new BootstrapError(`npm ${args[0]} failed; its message is above. Is the network there?`);
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} execPath the running Node, beside which npm is often installed
 * @returns {string} the path of npm's own script, `npm-cli.js`
 * @throws {BootstrapError} when there is none
 */
export function findNpm(env, execPath) {
  const beside = dirname(execPath);
  const onPath = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    env.npm_execpath ?? '',
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ...onPath.flatMap((folder) => [
      join(folder, 'npm'),
      join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ]),
  ];
  for (const candidate of candidates) {
    if (candidate === '' || !existsSync(candidate)) continue;
    const script = realpathSync(candidate);
    // Other package managers name themselves in npm_execpath too; only npm reads our lock file.
    if (basename(script) === 'npm-cli.js') return script;
  }
  throw new BootstrapError('npm is not found. Install Node with npm, then run: npm start');
}

/**
 * @param {string} npm
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function npmEnvironment(npm, env) {
  // Debian puts npm's dependencies beside npm, where only Debian's own Node looks by itself.
  const shared = dirname(dirname(dirname(npm)));
  return shared.endsWith(`${sep}node_modules`) ? env : { ...env, NODE_PATH: shared };
}

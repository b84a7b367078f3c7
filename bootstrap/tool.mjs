import { delimiter, dirname, join } from 'node:path';

import { BootstrapError } from './errors.mjs';
import { installedPackages } from './packages.mjs';

/**
 * Finds a tool by the name of its command. The script is run on our Node without the shims of
 * `node_modules/.bin`, which differ between systems.
 *
 * @param {string} project
 * @param {string} name `node` itself, or the command of an installed package
 * @returns {string[]} the arguments for Node that start the tool
 * @throws {BootstrapError} when no installed package has that command
 */
export function findTool(project, name) {
  if (name === 'node') return [];
  for (const [path, { bin }] of Object.entries(installedPackages(project))) {
    const script = path.lastIndexOf('node_modules/') === 0 ? bin?.[name] : undefined;
    if (script !== undefined) return [join(project, path, script)];
  }
  throw new BootstrapError(`No installed package has a command named ${name}.`);
}

/**
 * The environment of the tool: what it starts by name is our Node and the project's commands. What Node makes of
 * modules stays in `.cache`: a service that has been started before has its types stripped already, and takes two
 * thirds of the CPU to start. https://nodejs.org/api/module.html#module-compile-cache
 *
 * @param {string} project
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(project, node, env) {
  // Windows spells it Path.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [dirname(node), join(project, 'node_modules', '.bin'), env[key] ?? ''];
  const path = folders.filter((folder) => folder !== '').join(delimiter);
  const compiled = env['NODE_COMPILE_CACHE'] ?? join(project, '.cache', 'compiled');
  return {
    ...env,
    [key]: path,
    NODE: node,
    npm_node_execpath: node,
    NODE_COMPILE_CACHE: compiled,
  };
}

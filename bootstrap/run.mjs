// The door of every npm script: `node bootstrap/run.mjs <tool> arguments…`.
//
// Works on any Node >= 18 with nothing installed: it gets Node 24 and the packages when they are
// missing, then runs the tool on Node 24. With both in place it makes no network call.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { endAs, runChild } from './child.mjs';
import { BootstrapError, Interrupted, say } from './errors.mjs';
import { ensureNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { findTool, toolEnvironment } from './tool.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string[]} words the tool's name, then its arguments
 * @returns {Promise<import('./child.mjs').End>}
 */
async function run([name, ...toolArguments]) {
  if (name === undefined) {
    throw new BootstrapError('Usage: node bootstrap/run.mjs <tool> arguments…');
  }
  const node = await ensureNode(project);
  await ensurePackages(project, node);
  const tool = findTool(project, name);
  const env = toolEnvironment(project, node, process.env);
  return runChild(node, [...tool, ...toolArguments], { env, stdio: 'inherit' });
}

try {
  endAs(await run(process.argv.slice(2)));
} catch (error) {
  if (error instanceof Interrupted) {
    endAs(error.end);
  } else if (error instanceof BootstrapError) {
    say(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}

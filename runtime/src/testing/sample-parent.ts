import { readyEvent, startProcess } from '../child-process.ts';

/** Starts the program of its arguments as a child, prints the child's pid, and waits. */
const child = await startProcess({
  command: process.execPath,
  args: process.argv.slice(3),
  readyLine: readyEvent('sample.ready'),
  readyTimeoutMs: 10_000,
});
process.stdout.write(`${JSON.stringify({ event: 'parent.ready', child: child.pid })}\n`);
if (process.argv[2] === 'exits') process.exit(3);

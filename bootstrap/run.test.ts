import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { nodesOfMachine, outcomeOf, TestProject } from './test-project.ts';

/** Notes each signal it gets, and ends by itself some time after the first. */
const patientTool = `
const { appendFileSync, writeFileSync } = require('node:fs');
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    appendFileSync('signals', signal + ' ');
    setTimeout(() => process.exit(3), 300);
  });
}
writeFileSync('ready', String(process.pid));
setTimeout(() => process.exit(9), 30_000);
`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.each(nodesOfMachine())('bootstrap/run.mjs on $name', ({ node }) => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject();
  });

  afterEach(() => project.remove());

  async function startPatientTool(extra: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    const child = project.start(node, ['node', '-e', patientTool], extra);
    await vi.waitUntil(() => existsSync(join(project.folder, 'ready')), 15_000);
    return child;
  }

  const signalsSeen = () => readFileSync(join(project.folder, 'signals'), 'utf8').trim();

  test('a fresh clone: the tool runs on Node 24, and so does what it starts', async () => {
    const outcome = await project.run(node, ['hello', 'a b', '--flag']);
    const { version } = process;
    expect(JSON.parse(outcome.stdout)).toEqual({
      version,
      child: version,
      words: ['a b', '--flag'],
    });
    expect(project.npmCalls()).toContain(`ci on ${version}`);
  });

  test('what Node makes of modules stays in .cache, or where it is told to', async () => {
    // This test's own process has been told.
    await project.run(node, ['hello'], { NODE_COMPILE_CACHE: undefined });
    expect(readdirSync(join(project.folder, '.cache', 'compiled'))).not.toEqual([]);
    const elsewhere = join(project.folder, 'elsewhere');
    await project.run(node, ['hello'], { NODE_COMPILE_CACHE: elsewhere });
    expect(readdirSync(elsewhere)).not.toEqual([]);
  });

  test('with everything in place npm is not called', async () => {
    await project.run(node, ['hello']);
    const before = project.npmCalls().length;
    const outcome = await project.run(node, ['hello']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(project.npmCalls()).toHaveLength(before);
  });

  test('starts at once share one installation', async () => {
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => project.run(node, ['hello'], { STAND_IN_DELAY_MS: '300' })),
    );
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(project.npmCalls().filter((call) => call.startsWith('ci'))).toHaveLength(1);
  });

  test('after an installation that was killed, the next start installs again', async () => {
    await project.run(node, ['hello']);
    rmSync(join(project.folder, 'node_modules', '.package-lock.json'));
    const outcome = await project.run(node, ['hello']);
    expect(outcome.code).toBe(0);
    expect(project.npmCalls().filter((call) => call.startsWith('ci'))).toHaveLength(2);
  });

  test('the exit code of the tool is passed back', async () => {
    expect(await project.run(node, ['hello', 'exit', '7'])).toMatchObject({ code: 7 });
  });

  test('the signal that ended the tool is passed back', async () => {
    const outcome = await project.run(node, ['hello', 'signal', 'SIGKILL']);
    expect(outcome).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('an unknown tool is named', async () => {
    const outcome = await project.run(node, ['hallo']);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('No installed package has a command named hallo.');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s reaches the tool once', async (signal) => {
    const child = await startPatientTool();
    const ended = outcomeOf(child);
    child.kill(signal);
    await sleep(50);
    child.kill(signal); // npm repeats what its group got already
    expect(await ended).toMatchObject({ code: 3 });
    expect(signalsSeen()).toBe(signal);
  });

  test('a signal during the installation ends it and frees the lock', async () => {
    const child = project.start(node, ['hello'], { STAND_IN_DELAY_MS: '60000' });
    await vi.waitUntil(() => project.npmCalls().length > 0, 15_000);
    const ended = outcomeOf(child);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM' });
    expect((await project.run(node, ['hello'])).code).toBe(0);
  });

  test('when npm is killed above it, the tool is told to end', async () => {
    const run = [node, join(project.folder, 'bootstrap', 'run.mjs'), 'node', '-e', patientTool];
    const [command, ...words] = run.map((word) => JSON.stringify(word));
    const npm = spawn(
      process.execPath,
      ['-e', `require('node:child_process').spawn(${command}, [${words.join()}])`],
      { cwd: project.folder, env: project.environment(node, { npm_lifecycle_event: 'start' }) },
    );
    await vi.waitUntil(() => existsSync(join(project.folder, 'ready')), 15_000);
    npm.kill('SIGKILL');
    const tool = Number(readFileSync(join(project.folder, 'ready'), 'utf8'));
    await vi.waitUntil(() => !isAlive(tool), 10_000);
    expect(signalsSeen()).toBe('SIGTERM');
  });
});

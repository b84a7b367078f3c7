import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { BootstrapError } from './errors.mjs';
import { findNpm, runNpm } from './npm.mjs';
import { TestProject } from './test-project.ts';

describe('findNpm', () => {
  let project: TestProject;
  const elsewhere = '/nowhere/bin/node';

  beforeEach(() => {
    project = new TestProject();
  });

  afterEach(() => project.remove());

  test('the npm that runs the script comes first', () => {
    expect(findNpm({ npm_execpath: project.npm, PATH: '' }, elsewhere)).toBe(project.npm);
  });

  test('another package manager is passed over for the npm on PATH', () => {
    const bin = join(project.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'yarn.js'), '');
    symlinkSync(project.npm, join(bin, 'npm'));
    const env = { npm_execpath: join(bin, 'yarn.js'), PATH: bin };
    expect(findNpm(env, elsewhere)).toBe(project.npm);
  });

  test('without any npm the error says what to install', () => {
    expect(() => findNpm({ PATH: project.folder }, elsewhere)).toThrow(BootstrapError);
  });
});

describe('runNpm', () => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject();
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    project.remove();
  });

  test('finds what npm needs where Debian puts it, beside npm', async () => {
    const share = join(project.folder, 'share');
    mkdirSync(join(share, 'npm', 'bin'), { recursive: true });
    mkdirSync(join(share, 'needed'));
    writeFileSync(join(share, 'needed', 'index.js'), '');
    writeFileSync(join(share, 'npm', 'bin', 'npm-cli.js'), "require('needed');");
    vi.stubEnv('npm_execpath', join(share, 'npm', 'bin', 'npm-cli.js'));
    await expect(runNpm(process.execPath, ['ci'], project.folder)).resolves.toBeUndefined();
  });
});

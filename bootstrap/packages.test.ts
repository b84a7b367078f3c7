import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { packagesAreCurrent } from './packages.mjs';
import { TestProject } from './test-project.ts';

describe('packagesAreCurrent', () => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject();
  });

  afterEach(() => project.remove());

  /** Writes what is wanted, and what npm says it has installed. */
  function compare(wanted: object, installed: object): boolean {
    project.writeLock({ packages: { '': { name: 'project' }, ...wanted } });
    mkdirSync(join(project.folder, 'node_modules'), { recursive: true });
    const file = join(project.folder, 'node_modules', '.package-lock.json');
    writeFileSync(file, JSON.stringify({ packages: installed }));
    return packagesAreCurrent(project.folder);
  }

  const a = { 'node_modules/a': { version: '1.0.0', integrity: 'x' } };
  const b = { 'node_modules/b': { version: '1.0.0', integrity: 'y' } };
  const optional = { 'node_modules/o': { version: '1.0.0', integrity: 'z', optional: true } };

  test('without node_modules they are not', () => {
    expect(packagesAreCurrent(project.folder)).toBe(false);
  });

  test.each([
    ['the same packages', { ...a, ...b }, { ...b, ...a }, true],
    ['an optional package left out', { ...a, ...optional }, a, true],
    ['a package left out', { ...a, ...b }, a, false],
    ['a package too many', a, { ...a, ...b }, false],
    ['another version', a, { 'node_modules/a': { version: '2.0.0', integrity: 'x' } }, false],
    ['another content', a, { 'node_modules/a': { version: '1.0.0', integrity: 'q' } }, false],
  ])('with %s', (_, wanted, installed, expected) => {
    expect(compare(wanted, installed)).toBe(expected);
  });
});

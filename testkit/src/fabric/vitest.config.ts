import { defineConfig } from 'vitest/config';

import { repositoryFile } from '../harness/repository.ts';

/** The tests that need real Fabric, one after the other on one network. */
export default defineConfig({
  root: repositoryFile('.'),
  test: {
    include: ['*/src/**/*.fabric.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    silent: 'passed-only',
    expect: { requireAssertions: true },
  },
});

import { configDefaults, defineConfig } from 'vitest/config';

/**
 * The suffix of a test tells what it needs. Here run those that need nothing but Node; tests that
 * need a real server have a script of their own, which starts the server.
 */
const needsRealServer = ['**/*.fabric.test.ts'];

export default defineConfig({
  test: {
    include: ['{*/src,deploy,test,bootstrap}/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, '.cache/**', '.data/**', ...needsRealServer],
    environment: 'node',
    pool: 'forks',
    // Tests start processes of their own, so more workers than two gain little.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    silent: 'passed-only',
    expect: { requireAssertions: true },
  },
});

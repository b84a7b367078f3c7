import { configDefaults, defineConfig } from 'vitest/config';

/**
 * The suffix of a test tells what it needs. Here run those that need nothing but Node; tests that
 * need a real server have a script of their own, which starts the server.
 */
const needsRealServer = ['**/*.fabric.test.ts'];
const exclude = [...configDefaults.exclude, '.cache/**', '.data/**', ...needsRealServer];

/** These start servers, a browser or whole sandboxes. */
const apart = [
  '*/src/**/*.{browser,deltalake,devnet,kafka,redis,s3}.test.ts',
  '{bootstrap,deploy,test}/**/*.test.ts',
];

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    // Tests start processes of their own, so more workers than two gain little.
    maxWorkers: 2,
    // Beside a test that starts a dozen processes, on two slow cores, all takes several times as long.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    silent: 'passed-only',
    expect: { requireAssertions: true },
    projects: [
      { extends: true, test: { name: 'apart', include: apart, exclude } },
      {
        extends: true,
        // All others share their workers: to load the same modules for each file is most of what they would take.
        test: {
          name: 'together',
          include: ['*/src/**/*.test.{ts,tsx}'],
          exclude: [...exclude, ...apart],
          isolate: false,
        },
      },
    ],
  },
});

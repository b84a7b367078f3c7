import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';
import { expect, test } from 'vitest';

const contents = `
  export * from '@passport/ledger-client/wallet';
  export * from '@passport/client/browser';
  export { Opener, Sealer } from '@passport/privacy';
`;

test('all that a wallet takes is bundled for browsers: nothing of Node, and not much of it', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ bundle: true, format: 'esm', platform: 'browser', target: 'es2023' },
    ...{ minify: true, write: false, metafile: true, logLevel: 'silent' },
  });
  const [bundle] = outputFiles;
  // esbuild fails by itself where a module of Node is imported.
  expect(bundle?.text).not.toMatch(/\bBuffer\b|\bnode:|\bprocess\.|\brequire\(/);
  const files = Object.keys(metafile.inputs);
  expect(files.filter((file) => /(?:platform\/node|bytes-node)\.ts$/.test(file))).toEqual([]);
  // `import * as z from 'zod'`, not `{ z }`, which brings the messages of fifty languages: 360 kB.
  expect(gzipSync(bundle?.contents ?? '').length).toBeLessThan(110_000);
});

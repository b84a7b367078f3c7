import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What the SDK may weigh in a page, minified; most of it reads and checks (zod). */
const BYTES_MAX = 600_000;

test('the SDK is bundled for a browser, and nothing of Node is left in it', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    ...{ bundle: true, write: false, metafile: true, minify: true },
    ...{ format: 'esm', platform: 'browser', target: 'es2023', logLevel: 'silent' },
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error('there was to be a bundle');
  const imports = Object.values(metafile.outputs).flatMap(({ imports: of }) => of);
  expect(imports).toEqual([]);
  expect(bundle.text).not.toMatch(/\bnode:[a-z]/);
  expect(bundle.text).not.toMatch(/\b(?:Buffer|process)\./);
  expect(bundle.contents.length).toBeLessThan(BYTES_MAX);
});

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

/** A file for browsers. */
export type Asset = { readonly type: string; readonly body: Uint8Array<ArrayBuffer> };

/** The files for browsers, by path, and the path that each name has: it carries a hash of the content. */
export type Assets = {
  readonly files: ReadonlyMap<string, Asset>;
  readonly pathOf: (name: string) => string;
  /** The worker that keeps the pages about certificates for when there is no network. */
  readonly certificateWorker: string;
};

/** Files that work without a network. */
const OFFLINE = ['passport.css', 'certificate-open.js', 'certificate-verify.js'];

const source = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles the islands, each by itself with what it imports, and the stylesheet. A file that they shared would have what
 * any of them needs, and the first page would fetch the wallet's code. Takes some tenths of a second; throws what esbuild
 * does not understand.
 */
export async function bundleAssets(): Promise<Assets> {
  const files = new Map<string, Asset>();
  const paths = new Map<string, string>();
  const islands = join(source, 'islands');
  const entries = (await readdir(islands, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(({ name }) => join(islands, name));
  await Promise.all(
    entries.map(async (entry) => {
      const { outputFiles } = await build({
        entryPoints: [entry],
        bundle: true,
        format: 'esm',
        target: 'es2023',
        platform: 'browser',
        jsx: 'automatic',
        jsxImportSource: 'hono/jsx',
        minify: true,
        write: false,
        outdir: '/assets',
        entryNames: '[name]-[hash]',
        // esbuild names files by the folder that it is run in, which is nobody's business.
        absWorkingDir: source,
        logLevel: 'silent',
      });
      const [output] = outputFiles;
      if (output === undefined) throw new Error(`${entry} became nothing`);
      const path = `/assets/${basename(output.path)}`;
      files.set(path, {
        type: 'text/javascript; charset=utf-8',
        body: Uint8Array.from(output.contents),
      });
      paths.set(basename(entry).replace(/\.tsx?$/, '.js'), path);
    }),
  );
  const styles = await readFile(join(source, 'assets', 'passport.css'));
  const hash = createHash('sha256').update(styles).digest('hex').slice(0, 8);
  const path = `/assets/passport-${hash}.css`;
  paths.set('passport.css', path);
  files.set(path, { type: 'text/css; charset=utf-8', body: Uint8Array.from(styles) });
  const pathOf = (name: string): string => {
    const found = paths.get(name);
    if (found === undefined) throw new RangeError(`there is no asset ${name}`);
    return found;
  };
  return { files, pathOf, certificateWorker: await bundleWorker(OFFLINE.map(pathOf)) };
}

/** The worker of certificates, with the files that it keeps. */
async function bundleWorker(kept: readonly string[]): Promise<string> {
  const version = createHash('sha256').update(kept.join(' ')).digest('hex').slice(0, 12);
  const { outputFiles } = await build({
    entryPoints: [join(source, 'worker', 'certificate-worker.ts')],
    ...{ bundle: true, format: 'iife', target: 'es2023', platform: 'browser', minify: true },
    ...{ write: false, absWorkingDir: source, logLevel: 'silent' },
    define: { FILES: JSON.stringify(kept), VERSION: JSON.stringify(version) },
  });
  return outputFiles.map(({ text }) => text).join('');
}

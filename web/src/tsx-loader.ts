import { registerHooks } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { transformSync } from 'esbuild';

/**
 * Lets this process load `.tsx`: Node strips types by itself and knows no JSX, so that esbuild turns it into calls of
 * `hono/jsx`. Call it before the first import of such a file.
 */
export function registerTsx(): void {
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.endsWith('.tsx')) return nextLoad(url, context);
      const file = fileURLToPath(url);
      const { code } = transformSync(readFileSync(file, 'utf8'), {
        loader: 'tsx',
        jsx: 'automatic',
        jsxImportSource: 'hono/jsx',
        sourcefile: file,
        sourcemap: 'inline',
        target: 'node24',
      });
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
}

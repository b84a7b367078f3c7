import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const entry = fileURLToPath(new URL('../browser/testing/wallet-page.ts', import.meta.url));

/** Serves an empty page whose script puts the wallet's parts where a test can call them. */
export async function startWalletPage(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2023' },
  });
  const script = outputFiles[0]?.text ?? '';
  const server = createServer((request, response) => {
    const isScript = request.url === '/wallet.js';
    response.writeHead(200, {
      'Content-Type': isScript ? 'text/javascript' : 'text/html',
      // As the pages have it: nothing in the wallet needs more.
      'Content-Security-Policy': "default-src 'none'; script-src 'self'; connect-src 'self'",
    });
    const page =
      '<!doctype html><title>Wallet</title><script type="module" src="/wallet.js"></script>';
    response.end(isScript ? script : page);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

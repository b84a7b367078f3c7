import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API that stands between: what it answers is changed on the way. */
export type TamperedApi = { readonly url: string; close(): Promise<void> };

/** Starts one before another API; `change` gets each answer as its JSON. Answers are read only, without a body. */
export async function startTamperedApi(
  api: string,
  change: (answer: unknown) => unknown,
): Promise<TamperedApi> {
  const server = createServer((request, response) => {
    const asked = fetch(new URL(request.url ?? '/', api), { headers: headersOf(request.headers) });
    asked
      .then(async (answered) => {
        const text = await answered.text();
        response.writeHead(answered.status, { 'Content-Type': 'application/json' });
        response.end(answered.ok ? JSON.stringify(change(JSON.parse(text))) : text);
      })
      .catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The proof, and nothing that is about this connection. */
function headersOf({ dpop }: IncomingHttpHeaders): Record<string, string> {
  return typeof dpop === 'string' ? { DPoP: dpop } : {};
}

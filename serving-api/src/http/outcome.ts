import type { ServerResponse } from 'node:http';

/** An answer of HTTP as plain data: a web Response with its Headers costs about as much as making it. */
export type Outcome = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A text goes out in UTF-8. */
  readonly body: string | Buffer;
};

/** As a route of the app answers. */
export function responseOf({ status, headers, body }: Outcome): Response {
  const content = typeof body === 'string' ? body : new Uint8Array(body);
  return new Response(content, { status, headers });
}

/** Writes it to a connection of node:http, as the app would. */
export function writeOutcome(outgoing: ServerResponse, { status, headers, body }: Outcome): void {
  outgoing.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  outgoing.end(body);
}

import { once } from 'node:events';
import { createServer } from 'node:http';

import {
  type MemberRoots,
  MemoryReplayStore,
  PROOF_HEADER,
  type Requester,
  verifyRequest,
} from '@passport/ledger-client';
import { PassportError } from '@passport/model';

import { problem, type Served } from './oracle-api.ts';

/** What an API of a test answers somebody who has proven who they are. */
export type AnswerFor = (url: URL, who: Requester) => Served;

/** A serving API of a test that has every request proven. */
export async function serveProven(
  answerFor: AnswerFor,
  roots: MemberRoots = new Map(),
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const now = (): Date => new Date();
  const policy = { roots, now, replays: new MemoryReplayStore(() => new Date(0)) };
  let base = '';
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', base);
    const proof = request.headers[PROOF_HEADER.toLowerCase()];
    void verifyRequest(String(proof ?? ''), { method: 'GET', url: url.href }, policy)
      .then((who) => answerFor(url, who))
      .catch((error: unknown) =>
        error instanceof PassportError ? problem(401, error.code) : problem(500, String(error)),
      )
      .then(({ status, body }) => {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  base = `http://127.0.0.1:${address.port}`;
  return {
    url: base,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

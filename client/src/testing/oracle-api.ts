import { once } from 'node:events';
import { createServer } from 'node:http';

import { PassportError, readReleasedQuery, readViewQuery } from '@passport/model';
import {
  answerReleased,
  answerVehicle,
  answerView,
  type LedgerBlock,
  readChain,
} from '@passport/oracle';

/** What a serving API of a test answers: its status and body. */
export type Served = { readonly status: number; readonly body: unknown };

const EPOCH_BLOCKS = 2;

/** A serving API of a test. */
export type OracleApi = {
  readonly url: string;
  /** Paths that were asked for, with their parameters. */
  readonly asked: string[];
  close(): Promise<void>;
};

/**
 * A serving API whose answers the oracle makes, exact at the newest block or the one asked for;
 * `change` may spoil them.
 */
export async function serveOracle(
  blocks: readonly LedgerBlock[],
  change: (served: Served, url: URL) => Served = (served) => served,
): Promise<OracleApi> {
  const history = await readChain(blocks, { chaincode: 'passport' });
  const asked: string[] = [];
  const answer = (url: URL): Served => {
    const block = url.searchParams.get('atBlock');
    const atBlock = block === null ? undefined : Number(block);
    const [, version, what, name = ''] = url.pathname.split('/');
    if (version !== 'v1') return problem(404, 'ROUTE_UNKNOWN');
    if (what === 'vehicles') {
      const body = answerVehicle(history, name, atBlock);
      return body === undefined ? problem(404, 'VEHICLE_UNKNOWN') : { status: 200, body };
    }
    try {
      if (what === 'released') {
        const query = readReleasedQuery(name, url.searchParams);
        const ends = Math.floor(history.blocks.length / EPOCH_BLOCKS) * EPOCH_BLOCKS - 1;
        const release = { block: atBlock ?? ends, epochBlocks: EPOCH_BLOCKS };
        return { status: 200, body: answerReleased(history, query, release) };
      }
      const query = readViewQuery(name, url.searchParams);
      return { status: 200, body: answerView(history, query, atBlock) };
    } catch (error) {
      if (error instanceof PassportError) return problem(400, error.code);
      throw error;
    }
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(url.pathname + url.search);
    const { status, body } = change(answer(url), url);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A refusal of the API (RFC 9457). */
export function problem(status: number, code: string): Served {
  return { status, body: { type: 'about:blank', title: code, status, code, detail: 'a test' } };
}

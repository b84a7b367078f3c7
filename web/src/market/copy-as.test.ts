import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Ask, sqlAsk, viewAsk } from '@passport/client/buyer';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { copyAs } from './copy-as.ts';

const run = promisify(execFile);
const asks: readonly (readonly [string, Ask])[] = [
  [
    'a question',
    viewAsk({
      ...{ view: 'usage', metrics: ['trips', 'vehicles'], by: ['brand'], format: 'csv' },
      where: { brand: ["O'Neil & Söhne $HOME", '*'] },
    }),
  ],
  [
    'SQL',
    sqlAsk({ product: 'fleet-usage', sql: `SELECT 'a''b' AS "é😀"\n-- \\ $(x)`, rowsMax: 3 }),
  ],
];

type Heard = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { readonly body: string };

let heard: Heard[] = [];
let api: string;
let directory: string;
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { method, url, headers } = request;
    heard.push({ method, url, headers, body: Buffer.concat(parts).toString('utf8') });
    response.end('bytes of the answer');
  });
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'passport-copy-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

describe.each(asks)('%s', (_, ask) => {
  const programs = [
    ['curl', (text: string) => ['bash', ['-c', text]] as const],
    ['python', (text: string) => ['python3', ['-c', text]] as const],
  ] as const;

  test.each(programs)(
    '%s, run as it is copied: it asks the same, and pays by the session',
    async (language, command) => {
      heard = [];
      const [program, words] = command(copyAs(language, ask, api));
      const env = { ...process.env, PASSPORT_SESSION: 'a.b.c' };
      await run(program, [...words], { cwd: directory, env });
      expect(heard).toHaveLength(1);
      const [request] = heard;
      expect(request?.method).toBe(ask.method);
      expect(new URL(request?.url ?? '', api).href).toBe(new URL(ask.path, `${api}/`).href);
      expect(request?.headers.authorization).toBe('Passport-Session a.b.c');
      expect(request?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{32,36}$/);
      expect(request?.headers.accept).toMatch(ask.format === 'csv' ? /csv/ : /json/);
      if (ask.body === undefined) expect(request?.body).toBe('');
      else expect(JSON.parse(request?.body ?? '')).toEqual(ask.body);
      const file = join(directory, `answer.${ask.format ?? 'json'}`);
      await expect(readFile(file, 'utf8')).resolves.toBe('bytes of the answer');
    },
  );

  test('TypeScript: it is TypeScript, and the question in it is the same', async () => {
    const text = copyAs('typescript', ask, api);
    const { code } = await transform(text, { loader: 'ts', format: 'esm' });
    expect(code).toContain('buyer.buy(');
    const [, literal = ''] = /buyer\.buy\(([\s\S]*?)\);\nawait writeFile/.exec(text) ?? [];
    expect(JSON.parse(literal)).toEqual(JSON.parse(JSON.stringify(ask)));
  });
});

test('python3 and curl are there: the copies were run', () => {
  expect(execFileSync('curl', ['--version']).toString()).toContain('curl');
});

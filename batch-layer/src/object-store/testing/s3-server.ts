import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

import { startProcess } from '@passport/runtime';

/** An S3 server with an empty bucket of its own. */
export type TestS3Server = {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  stop(): Promise<void>;
};

const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const INSTALL_TIMEOUT_MS = 600_000;

/** Starts versitygw on a temporary folder; installs it into `.cache/` where it is not found. */
export async function startTestS3Server(): Promise<TestS3Server> {
  const command = await findServer();
  const folder = await mkdtemp(join(tmpdir(), 'passport-s3-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const user = { accessKeyId: 'passport', secretAccessKey: 'passport-secret' };
  const server = await startProcess({
    command,
    args: ['--port', `127.0.0.1:${port}`, 'posix', folder],
    env: { ROOT_ACCESS_KEY: user.accessKeyId, ROOT_SECRET_KEY: user.secretAccessKey },
    readyLine: (line) => (line.includes(endpoint) ? true : undefined),
    readyTimeoutMs: 20_000,
  });
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: user,
    maxAttempts: 10,
  });
  await client.send(new CreateBucketCommand({ Bucket: 'passport' }));
  client.destroy();
  return {
    endpoint,
    region: 'us-east-1',
    ...user,
    bucket: 'passport',
    stop: async () => {
      await server.stop(5_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findServer(): Promise<string> {
  const own = resolve('.cache/versitygw/bin');
  const places = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), 'go/bin'), own];
  const found = places.map((place) => join(place, 'versitygw')).find((path) => existsSync(path));
  if (found !== undefined) return found;
  await mkdir(own, { recursive: true });
  await promisify(execFile)('go', ['install', MODULE], {
    env: { ...process.env, GOBIN: own },
    timeout: INSTALL_TIMEOUT_MS,
  });
  return join(own, 'versitygw');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
}

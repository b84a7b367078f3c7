import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';

import { temporaryFolders } from '../testing/folders.ts';
import {
  type LocalObjectServer,
  type ObjectServerOptions,
  startObjectServer,
} from './start-object-server.ts';

/** Compiling it included. */
const TEST_MS_MAX = 600_000;

const folder = temporaryFolders();
const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: ObjectServerOptions): Promise<LocalObjectServer> {
  const server = await startObjectServer(options);
  cleanUps.push(() => server.stop());
  return server;
}

function clientOf({ endpoint, region, accessKey, secretKey }: LocalObjectServer): S3Client {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  cleanUps.push(() => client.destroy());
  return client;
}

async function textOf(client: S3Client, key: string): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: key }));
  return Body?.transformToString();
}

describe('startObjectServer', { timeout: TEST_MS_MAX }, () => {
  test.each([
    ['in extended attributes', async () => undefined],
    // What the first start makes where the file system has no extended attributes.
    ['in a folder', async (directory: string) => mkdir(join(directory, 'metadata'))],
  ])('objects and credentials survive kill -9, metadata being %s', async (_, prepare) => {
    const directory = await folder();
    await prepare(directory);
    const first = await start({ directory, kind: 'versitygw' });
    const client = clientOf(first);
    await client.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    const put = {
      Bucket: 'bucket',
      Key: 'a/b',
      Body: 'text',
      IfNoneMatch: '*',
      ContentType: 'a/b',
    };
    await client.send(new PutObjectCommand(put));
    const again = client.send(new PutObjectCommand({ ...put, Body: 'other' }));
    await expect(again).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    await first.kill();
    const second = await start({ directory, kind: 'versitygw', port: first.port });
    expect(second.isPersistent).toBe(true);
    expect(await textOf(client, 'a/b')).toBe('text');
    const head = await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'a/b' }));
    expect(head.ContentType).toBe('a/b');
    const { mode } = await stat(join(directory, 'credentials.json'));
    expect((mode & 0o777).toString(8)).toBe('600');
  });

  test('where there is no Go, moto answers, and says that it forgets', async () => {
    const server = await start({ directory: await folder(), kind: 'moto' });
    expect(server.isPersistent).toBe(false);
    const client = clientOf(server);
    await client.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    await client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'text' }));
    expect(await textOf(client, 'a')).toBe('text');
    await server.kill();
  });
});

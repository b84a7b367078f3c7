import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

import { startObjectServer } from '@passport/local-servers';

/** An S3 server with an empty bucket of its own. */
export type TestS3Server = {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  stop(): Promise<void>;
};

/**
 * The server at TEST_S3_ENDPOINT (with TEST_S3_ACCESS_KEY and TEST_S3_SECRET_KEY), else one that is
 * started on a temporary folder.
 */
export async function startTestS3Server(): Promise<TestS3Server> {
  const server = givenServer() ?? (await ownServer());
  const bucket = `passport-${randomUUID()}`;
  const client = new S3Client({
    endpoint: server.endpoint,
    region: server.region,
    forcePathStyle: true,
    credentials: server,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return { ...server, bucket };
}

function givenServer(): Omit<TestS3Server, 'bucket'> | undefined {
  const {
    TEST_S3_ENDPOINT: endpoint,
    TEST_S3_ACCESS_KEY: accessKeyId = '',
    TEST_S3_SECRET_KEY: secretAccessKey = '',
    TEST_S3_REGION: region = 'us-east-1',
  } = process.env;
  if (endpoint === undefined) return undefined;
  return { endpoint, region, accessKeyId, secretAccessKey, stop: async () => {} };
}

async function ownServer(): Promise<Omit<TestS3Server, 'bucket'>> {
  const directory = await mkdtemp(join(tmpdir(), 'passport-s3-'));
  // moto forgets the atomicity that the tests are about.
  const server = await startObjectServer({ directory, kind: 'versitygw' });
  return {
    endpoint: server.endpoint,
    region: server.region,
    accessKeyId: server.accessKey,
    secretAccessKey: server.secretKey,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

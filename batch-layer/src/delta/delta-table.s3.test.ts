import { afterAll, beforeAll } from 'vitest';

import { openS3Store } from '../object-store/s3-object-store.ts';
import { startTestS3Server, type TestS3Server } from '../object-store/testing/s3-server.ts';
import { describeAgainstDeltaRs } from './testing/delta-rs-contract.ts';

let server: TestS3Server;
beforeAll(async () => {
  server = await startTestS3Server();
}, 600_000);
afterAll(() => server.stop());

describeAgainstDeltaRs('a table on an S3 server', async () => {
  const store = openS3Store({ ...server, random: Math.random });
  const storageOptions = {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: server.region,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    AWS_ALLOW_HTTP: 'true',
  };
  return { store, place: { uri: `s3://${server.bucket}`, storageOptions } };
});

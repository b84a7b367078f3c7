import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { startKafka, startObjectServer, startRedis } from '@passport/local-servers';

import type { ComposeService } from '../compose/read-compose.ts';
import type { Part } from './part.ts';
import type { Places } from './places.ts';

/** Stand for the secrets of the S3 server, which makes its own here. */
export const standIns = { S3_ACCESS_KEY: '<access key>', S3_SECRET_KEY: '<secret key>' };

/**
 * Starts what the container of an image of others runs, with the settings of local-servers, and
 * tells where it is. Answers nothing for one that ends by itself. Throws ServerMissing.
 */
export async function startThirdParty(
  name: string,
  { image, command, entrypoint }: ComposeService,
  directory: string,
  places: Places,
): Promise<Part | undefined> {
  const [program = ''] = image.split(':');
  switch (program) {
    case 'apache/kafka': {
      const kafka = await startKafka({ directory: join(directory, name) });
      places.set(`${name}:9092`, kafka.brokers.join());
      return kafka;
    }
    case 'valkey/valkey': {
      const role = command.includes('yes') ? 'durable' : 'views';
      const redis = await startRedis({ directory: join(directory, name), role });
      places.set(`${name}:6379`, new URL(redis.url).host);
      return redis;
    }
    case 'versity/versitygw': {
      if (entrypoint !== undefined) {
        const bucket = /\/data\/(\w+)/.exec(entrypoint.join(' '))?.[1] ?? '';
        await mkdir(join(directory, 's3', 'objects', bucket), { recursive: true });
        return undefined;
      }
      const s3 = await startObjectServer({ directory: join(directory, name), kind: 'versitygw' });
      places.set(`${name}:7070`, new URL(s3.endpoint).host);
      places.set(standIns.S3_ACCESS_KEY, s3.accessKey);
      places.set(standIns.S3_SECRET_KEY, s3.secretKey);
      return s3;
    }
    default:
      throw new Error(`${image} of ${name} has nothing that stands for it here`);
  }
}

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

import { retry, type RetryPolicy } from '@passport/runtime';

import { writeWhole } from './local-file.ts';
import { byKey, checkKey } from './object-key.ts';
import {
  OBJECT_BYTES_MAX,
  type ObjectContent,
  type ObjectEntry,
  type ObjectStore,
  type PutOptions,
} from './object-store.ts';
import { ObjectStoreError } from './object-store-error.ts';
import { readAll, writeTo } from './s3-body.ts';
import { isNoSuchObject, isUnavailable, storeErrorOf } from './s3-errors.ts';

/** How many objects one request lists or deletes; S3's own limit. */
const KEYS_PER_REQUEST = 1000;

/** How long an S3 store waits, and how often it tries. Times in milliseconds. */
export type S3StoreLimits = {
  readonly connectTimeoutMs: number;
  /** The longest silence on a connection, before an answer or amid its body. */
  readonly silenceMsMax: number;
  readonly connectionsMax: number;
  readonly retry: RetryPolicy;
};

/** For who does not say otherwise. */
export const defaultS3StoreLimits: S3StoreLimits = {
  connectTimeoutMs: 3_000,
  silenceMsMax: 15_000,
  connectionsMax: 32,
  retry: { attemptsMax: 4, firstDelayMs: 100, longestDelayMs: 2_000 },
};

/** Where an S3 store is, and who uses it. */
export type S3StoreOptions = {
  /** Base URL of the server; the bucket is the first segment of the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** 3 s to connect, 15 s of silence, 32 connections and 4 attempts unless they are given. */
  readonly limits?: S3StoreLimits;
  /** Uniform in [0, 1), for the pauses between attempts. */
  readonly random: () => number;
};

/** Objects in a bucket of an S3 server, which must know `If-None-Match: *` on puts. */
export function openS3Store(options: S3StoreOptions): ObjectStore {
  return new S3ObjectStore(options, options.limits ?? defaultS3StoreLimits);
}

type Body = { readonly make: () => Buffer | ReturnType<typeof createReadStream>; bytes: number };

class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #limits: S3StoreLimits;
  readonly #random: () => number;

  constructor(options: S3StoreOptions, limits: S3StoreLimits) {
    this.#bucket = options.bucket;
    this.#limits = limits;
    this.#random = options.random;
    this.#client = new S3Client({
      endpoint: options.endpoint,
      region: options.region,
      forcePathStyle: true,
      credentials: {
        accessKeyId: options.accessKeyId,
        secretAccessKey: options.secretAccessKey,
      },
      // Attempts are counted here, since a stream from disk must be opened anew for each.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: limits.connectTimeoutMs,
        socketTimeout: limits.silenceMsMax,
        httpAgent: { maxSockets: limits.connectionsMax },
        httpsAgent: { maxSockets: limits.connectionsMax },
      },
    });
  }

  async put(key: string, content: ObjectContent, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    const body = await bodyOf(content);
    const checksum = await checksumOf(body);
    await this.#attempt(key, () =>
      this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          Body: body.make(),
          ContentLength: body.bytes,
          ChecksumCRC32: checksum,
          ...(options.ifAbsent === true && { IfNoneMatch: '*' }),
        }),
      ),
    );
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#read(key, async () => {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
      return readAll(await this.#client.send(command));
    });
  }

  async size(key: string): Promise<number | undefined> {
    return this.#read(key, async () => {
      const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
      return (await this.#client.send(command)).ContentLength;
    });
  }

  async list(prefix: string, after?: string): Promise<ObjectEntry[]> {
    const entries: ObjectEntry[] = [];
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: prefix,
        MaxKeys: KEYS_PER_REQUEST,
        ...(after !== undefined && { StartAfter: after }),
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const page = await this.#attempt(prefix, () => this.#client.send(command));
      for (const { Key: key, Size: bytes, LastModified: modified } of page.Contents ?? []) {
        // Some servers list folders; they are no objects of ours.
        if (key === undefined || key.endsWith('/')) continue;
        entries.push({ key, bytes: bytes ?? 0, modifiedAtMs: modified?.getTime() ?? 0 });
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return entries.sort(byKey);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) checkKey(key);
    for (let start = 0; start < keys.length; start += KEYS_PER_REQUEST) {
      const some = keys.slice(start, start + KEYS_PER_REQUEST);
      const command = new DeleteObjectsCommand({
        Bucket: this.#bucket,
        Delete: { Objects: some.map((key) => ({ Key: key })), Quiet: true },
      });
      await this.#attempt(some[0] ?? '', async () => {
        const { Errors: errors = [] } = await this.#client.send(command);
        const [failed] = errors.filter(({ Code: code }) => code !== 'NoSuchKey');
        if (failed === undefined) return;
        const message = `${failed.Key} was not deleted: ${failed.Code} ${failed.Message}`;
        throw new ObjectStoreError('OBJECT_STORE_UNAVAILABLE', message);
      });
    }
  }

  async fetchTo(key: string, path: string): Promise<number | undefined> {
    return this.#read(key, async () => {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
      const answer = await this.#client.send(command);
      return writeWhole(path, (partial) => writeTo(answer, partial));
    });
  }

  localPath(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #read<T>(key: string, ask: () => Promise<T>): Promise<T | undefined> {
    checkKey(key);
    return this.#attempt(key, async () => {
      try {
        return await ask();
      } catch (error) {
        if (isNoSuchObject(error)) return undefined;
        throw error;
      }
    });
  }

  #attempt<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const once = async (): Promise<T> => {
      try {
        return await ask();
      } catch (error) {
        throw storeErrorOf(error, key);
      }
    };
    const { retry: policy } = this.#limits;
    return retry(once, { ...policy, isRetryable: isUnavailable, random: this.#random });
  }
}

async function bodyOf(content: ObjectContent): Promise<Body> {
  const isBytes = content instanceof Uint8Array;
  const bytes = isBytes ? content.byteLength : (await stat(content.file)).size;
  if (bytes > OBJECT_BYTES_MAX) {
    throw new ObjectStoreError('OBJECT_TOO_LARGE', `an object of ${bytes} bytes`);
  }
  if (isBytes) return { make: () => Buffer.from(content), bytes };
  return { make: () => createReadStream(content.file), bytes };
}

/**
 * CRC-32 of the content, which the server compares. Known beforehand, it goes into a header; the
 * client would append it to a stream in an encoding that few servers but Amazon's know.
 */
async function checksumOf(body: Body): Promise<string> {
  const content = body.make();
  let sum = 0;
  if (Buffer.isBuffer(content)) sum = crc32(content);
  else for await (const chunk of content) sum = crc32(chunk as Buffer, sum);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return bytes.toString('base64');
}

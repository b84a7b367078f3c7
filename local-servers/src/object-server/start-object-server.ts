import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';

import { ServerMissing } from '../install/server-missing.ts';
import { onPort } from '../process/free-port.ts';
import type { LocalServer } from '../process/server-process.ts';
import { type Credentials, credentialsIn } from './credentials.ts';
import { startMoto } from './moto.ts';
import { hasVersitygw, startVersitygw, versitygwBinary } from './versitygw.ts';

/** Settings of {@link startObjectServer}. */
export type ObjectServerOptions = {
  /** Its own folder: its objects and its credentials are found there again. */
  readonly directory: string;
  /** A free one by default. */
  readonly port?: number;
  /** `moto` forgets everything at its end: where there is no Go. Found out by default. */
  readonly kind?: 'versitygw' | 'moto';
  readonly signal?: AbortSignal;
};

/** A server of this machine that speaks S3. */
export type LocalObjectServer = LocalServer &
  Credentials & {
    /** `http://127.0.0.1:port`; buckets are in the path. */
    readonly endpoint: string;
    readonly region: string;
    readonly port: number;
    /** Whether its objects outlive it. */
    readonly isPersistent: boolean;
  };

const REGION = 'us-east-1';

/**
 * Starts an S3 server: versitygw over a folder, which Go compiles once; moto where there is no Go.
 * Throws ServerMissing and ProcessError.
 */
export async function startObjectServer(options: ObjectServerOptions): Promise<LocalObjectServer> {
  const { signal, kind = hasVersitygw() ? 'versitygw' : 'moto' } = options;
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const credentials = await credentialsIn(directory);
  const binary = kind === 'versitygw' ? await binaryOf(signal) : undefined;
  return onPort(options.port, async (port) => {
    const common = { directory, port, signal };
    const server = await (binary === undefined
      ? startMoto(common)
      : startVersitygw({ ...common, binary, credentials }));
    const endpoint = `http://127.0.0.1:${port}`;
    const isPersistent = binary !== undefined;
    return { ...server, ...credentials, endpoint, region: REGION, port, isPersistent };
  });
}

async function binaryOf(signal?: AbortSignal): Promise<string> {
  try {
    return await versitygwBinary(signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ServerMissing('an S3 server is missing: Go could not install versitygw', error);
  }
}

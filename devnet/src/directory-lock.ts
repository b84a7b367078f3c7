import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Another devnet uses the folder. */
export class DirectoryInUse extends Error {
  readonly code = 'DEVNET_DIRECTORY_IN_USE';

  constructor(directory: string) {
    super(`another devnet is using ${directory}: stop it, or choose another directory`);
    this.name = 'DirectoryInUse';
  }
}

/**
 * Keeps a folder for this process by listening on a socket that is named after it. The kernel
 * closes the socket with the process however it dies, so that no stale lock is left to judge.
 * Returns the function that lets go. Throws {@link DirectoryInUse}.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 24);
  const path = join(tmpdir(), `passport-devnet-${name}.sock`);
  const server = (await listen(path)) ?? (await replaceStale(path));
  if (server === undefined) throw new DirectoryInUse(directory);
  server.unref();
  return () =>
    new Promise((done) => {
      server.close(() => done());
    });
}

async function replaceStale(path: string): Promise<Server | undefined> {
  if (await isAnswered(path)) return undefined;
  await unlink(path);
  return listen(path);
}

/** The listening server; undefined when the socket's file is there already. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(undefined);
      else fail(error);
    });
    server.listen(path, () => done(server));
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

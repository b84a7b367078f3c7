import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const serverFile = fileURLToPath(new URL('chaincode-server.ts', import.meta.url));

/** A chaincode server that runs in a process of its own. */
export type RunningServer = {
  readonly address: string;
  /** Ends it as a crash does, and waits until it is gone. */
  kill(): Promise<void>;
  /** Stops it where it is, as if it were hanging. */
  pause(): void;
};

/** Starts the test chaincode; resolves when it can be connected to. With TLS where files are given. */
export async function runChaincodeServer(
  packageId: string,
  address: string,
  ...keyAndCertificateFiles: readonly string[]
): Promise<RunningServer> {
  // The shim reads every CORE_* variable as an option: it gets no environment but what it needs.
  const args = ['--no-deprecation', serverFile, address, packageId, ...keyAndCertificateFiles];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], CORE_CHAINCODE_LOGGING_LEVEL: 'error' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await listening(child);
  return {
    address,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    pause: () => {
      child.kill('SIGSTOP');
    },
  };
}

/** An address of this machine at a port that was free a moment ago. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${address.port}`;
}

async function listening(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the chaincode server ended with ${code}`)));
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('listening\n')) resolve();
    });
  });
}

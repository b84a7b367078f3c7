import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { MemorySnapshot } from '../simulation/testing/memory-snapshot.ts';
import {
  freeAddress,
  runChaincodeServer,
  type RunningServer,
} from './testing/run-chaincode-server.ts';
import { selfSignedCertificate } from './testing/self-signed-certificate.ts';
import { testCall } from './testing/test-calls.ts';
import { PACKAGE_ID, TestChaincode } from './testing/test-chaincode.ts';

describe('a chaincode server that goes away', () => {
  test('fails what it was at work on, and is picked up when it is back', async () => {
    const address = await freeAddress();
    const server = await runChaincodeServer(PACKAGE_ID, address);
    const failures: Error[] = [];
    const chaincode = new TestChaincode(address, {
      onFailure: (reason) => failures.push(reason),
    });
    const snapshot = new MemorySnapshot();
    const calls = ['die', 'hang', 'hang'].map((operation) =>
      chaincode.execute(testCall(snapshot, [operation], { txId: `dies-${operation}` })),
    );
    // The second 'hang' is of the same id and refused at once.
    const outcomes = await Promise.allSettled(calls);
    expect(
      outcomes.map((outcome): unknown => outcome.status === 'rejected' && outcome.reason),
    ).toMatchObject([
      {
        code: 'stream-terminated',
        message:
          'failed to execute transaction dies-die: error sending: chaincode stream terminated',
      },
      { code: 'stream-terminated' },
      { code: 'duplicate-transaction' },
    ]);
    expect(chaincode.connection.isReady).toBe(false);
    expect(chaincode.connection.activeCalls).toBe(0);

    const waiting = chaincode.evaluate(
      testCall(snapshot.put('cc', 'key', 'value'), ['get', 'key']),
    );
    const again = await runChaincodeServer(PACKAGE_ID, address);
    expect(await waiting).toBe('value');
    expect(failures.length).toBeGreaterThan(0);

    chaincode.connection.close();
    expect(chaincode.timers.running).toBe(0);
    await again.kill();
    await server.kill();
  });

  test('a killed process is noticed while it is at work', async () => {
    const address = await freeAddress();
    const server = await runChaincodeServer(PACKAGE_ID, address);
    const chaincode = new TestChaincode(address);
    const running = chaincode.execute(testCall(new MemorySnapshot(), ['hang']));
    const failure = running.catch((error: unknown) => error);
    await chaincode.evaluate(testCall(new MemorySnapshot(), ['get', 'key']));
    await server.kill();
    expect(await failure).toMatchObject({ code: 'stream-terminated' });
    chaincode.connection.close();
    expect(chaincode.timers.running).toBe(0);
  });

  test('a call that finds no server fails when its time to connect is over', async () => {
    const address = await freeAddress();
    const chaincode = new TestChaincode(address, { connectTimeoutMs: 200 });
    const running = chaincode.execute(
      testCall(new MemorySnapshot(), ['get', 'key'], { txId: 'none' }),
    );
    await expect(running).rejects.toMatchObject({
      code: 'not-connected',
      message:
        `failed to execute transaction none: could not launch chaincode ${PACKAGE_ID}: ` +
        `connection to ${PACKAGE_ID} failed: error cannot create connection for ${PACKAGE_ID}: ` +
        `error creating grpc connection to ${address}: failed to create new connection: ` +
        'context deadline exceeded',
    });
    chaincode.connection.close();
    expect(chaincode.timers.running).toBe(0);
  });

  test('a server that registers with another name is not used', async () => {
    const address = await freeAddress();
    const server = await runChaincodeServer('other:1', address);
    const failures: string[] = [];
    const onFailure = (reason: Error): void => void failures.push(reason.message);
    const chaincode = new TestChaincode(address, { connectTimeoutMs: 3_000, onFailure });
    await expect(chaincode.connection.ready()).rejects.toMatchObject({ code: 'not-connected' });
    expect(failures[0]).toBe(`chaincode registered as "other:1", expected "${PACKAGE_ID}"`);
    chaincode.connection.close();
    await server.kill();
  });
});

describe('a connection with TLS', () => {
  let directory: string;
  let server: RunningServer;
  let certificate: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chaincode-tls-'));
    const made = await selfSignedCertificate('chaincode.example', new Date());
    certificate = made.certificate;
    const files = [join(directory, 'key.pem'), join(directory, 'cert.pem')] as const;
    await writeFile(files[0], made.key);
    await writeFile(files[1], made.certificate);
    server = await runChaincodeServer(PACKAGE_ID, await freeAddress(), ...files);
  });

  afterAll(async () => {
    await server.kill();
    await rm(directory, { recursive: true });
  });

  test('runs transactions', async () => {
    const rootCertificates = Buffer.from(certificate);
    const chaincode = new TestChaincode(server.address, {
      tls: { rootCertificates, serverName: 'chaincode.example' },
    });
    const snapshot = new MemorySnapshot().put('cc', 'key', 'value');
    expect(await chaincode.evaluate(testCall(snapshot, ['get', 'key']))).toBe('value');
    chaincode.connection.close();
  });

  test('does not come about with a server that nobody vouches for', async () => {
    const other = await selfSignedCertificate('chaincode.example', new Date());
    const failures: string[] = [];
    const chaincode = new TestChaincode(server.address, {
      tls: { rootCertificates: Buffer.from(other.certificate), serverName: 'chaincode.example' },
      connectTimeoutMs: 300,
      onFailure: (reason) => void failures.push(reason.message),
    });
    await expect(chaincode.connection.ready()).rejects.toMatchObject({ code: 'not-connected' });
    expect(failures[0]).toContain('UNAVAILABLE');
    chaincode.connection.close();
  });
});

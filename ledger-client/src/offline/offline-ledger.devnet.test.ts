import { webcrypto } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { connectLedger, type Ledger } from '../ledger.ts';
import { readIdentity } from '../identity.ts';
import { TestNetwork } from '../testing/test-network.ts';
import { type AbsentSigner, connectOffline, type OfflineLedger } from './offline-ledger.ts';
import { type MessageKey, signMessage } from './sign-message.ts';
import { proposalToSign, statusToSign, transactionToSign } from './what-to-sign.ts';

let network: TestNetwork;
let offline: OfflineLedger;
let reader: Ledger;
let signer: AbsentSigner;
let key: MessageKey;

beforeAll(async () => {
  network = await TestNetwork.start();
  // The portal is the insurer's, the signer the garage's: neither has the other's key.
  offline = await connectOffline(network.profile, 'InsurerMSP');
  reader = await connectLedger(network.profile, { mspId: 'InsurerMSP', user: 'User1' });
  const { mspId, certificate, privateKey } = await readIdentity(
    network.profile,
    'GarageMSP',
    'User1',
  );
  signer = { mspId, certificate };
  const der = Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' }));
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  key = await webcrypto.subtle.importKey('pkcs8', der, curve, false, ['sign']);
}, 60_000);

afterAll(async () => {
  reader.close();
  offline.close();
  await network.stop();
});

const sign = async (bytes: Uint8Array, message: Uint8Array) => ({
  bytes,
  signature: await signMessage(key, message),
});

test('a transaction is written in the name of a signer whose key is elsewhere', async () => {
  const asked = {
    ...{ channel: network.profile.channel, chaincode: 'tiny', functionName: 'increment' },
    ...{ request: 'signed-elsewhere', mspId: signer.mspId },
    certificate: Buffer.from(signer.certificate).toString(),
  };
  const call = { chaincode: 'tiny', transaction: 'increment', args: [asked.request] };
  const proposal = offline.propose(signer, call);
  const checked = proposalToSign(proposal.bytes, asked);
  const endorsed = await offline.endorse(signer, await sign(proposal.bytes, checked.message));
  expect(Buffer.from(endorsed.result).toString()).toBe('1');
  const transaction = transactionToSign(endorsed.bytes, checked);
  const submitted = await offline.submit(signer, await sign(endorsed.bytes, transaction));
  const question = statusToSign(submitted.bytes, checked, asked);
  const block = await offline.committed(signer, await sign(submitted.bytes, question));
  expect(block).toBeGreaterThan(0n);
  const value = await reader.evaluate({ ...call, transaction: 'get' });
  expect(Buffer.from(value).toString()).toBe('1');
});

test('what somebody else signed is refused by the peer', async () => {
  const call = { chaincode: 'tiny', transaction: 'increment', args: ['not-signed'] };
  const { bytes } = offline.propose(signer, call);
  const forged = await sign(bytes, Buffer.from('another message'));
  await expect(offline.endorse(signer, forged)).rejects.toMatchObject({ step: 'endorse' });
  const value = await reader.evaluate({ ...call, transaction: 'get' });
  expect(value.length).toBe(0);
});

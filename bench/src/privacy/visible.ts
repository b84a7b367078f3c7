import { join } from 'node:path';

import {
  generateSigningKey,
  PROOF_HEADER,
  readOwnerView,
  signRequest,
  type SigningKey,
  termsOf,
} from '@passport/ledger-client';
import { instantOf, type SignedCommand, type Vid } from '@passport/model';
import { startPipeline } from '@passport/sandbox/pipeline';
import { temporaryFolder } from '@passport/testkit';

import { type Figure, quantile } from '../figure.ts';
import { type LedgerNetwork, startLedgerNetwork } from '../ledger/ledger-network.ts';
import { ownedVehicle } from './owned-vehicle.ts';

const MARKET = 'InsurerMSP';
/** Grants, each revoked after it was seen. */
const ROUNDS = 8;
const POLL_MS = 10;
const WAIT_MS = 20_000;
const VISIBLE_MS_MAX = 2_000;

const now = (): Date => new Date();

/**
 * How long it takes until a reader finds what an owner decided: from the block at the peer to an answer of
 * `/v1/vehicles/{vid}` with the scopes, or 410.
 */
export async function visibleBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('bench-visible');
  const network = await startLedgerNetwork();
  try {
    const pipeline = await startPipeline({
      directory: folder.path,
      profile: network.profile,
      mspId: MARKET,
      chaincode: 'passport',
      market: { mspId: MARKET, readerKeys: join(folder.path, 'ring') },
      port: 0,
    });
    try {
      return await measure(network, pipeline.url, say);
    } finally {
      await pipeline.stop();
    }
  } finally {
    await network.stop();
    await folder.remove();
  }
}

async function measure(
  { fixture }: LedgerNetwork,
  url: string,
  say: (line: string) => void,
): Promise<Figure[]> {
  const { user, ledger } = fixture.members.MakerMSP;
  const { vid, desk } = await ownedVehicle(fixture);
  const committed = new Map<number, number>();
  const stream = await ledger.network.getBlockEvents();
  const following = (async () => {
    for await (const block of stream) {
      committed.set(block.getHeader()?.getNumber() ?? -1, performance.now());
    }
  })().catch(() => {});
  /** Relays, and answers when the block was at the peer. */
  const relay = async (commands: readonly SignedCommand[]): Promise<number> => {
    const commandId = fixture.commandId();
    const { blockNumber } = await user.consent.relay({ commandId, commands: [...commands] });
    return committed.get(Number(blockNumber)) ?? performance.now();
  };
  const delays = { granted: [] as number[], revoked: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const reader = await generateSigningKey();
      const terms = termsOf('seller-to-buyer', instantOf(Date.now()));
      const readerKey = (await generateSigningKey()).publicKey;
      const { grantId, commands } = await desk.grant(
        await readOwnerView(user, vid),
        { grantee: { keyId: reader.keyId }, readerKey },
        terms,
      );
      const grantedMs = await relay(commands);
      delays.granted.push((await answered(url, vid, reader, 200)) - grantedMs);
      const revokedMs = await relay(await desk.revoke(await readOwnerView(user, vid), grantId));
      delays.revoked.push((await answered(url, vid, reader, 410)) - revokedMs);
    }
  } finally {
    stream.close();
    await following;
  }
  const figures = Object.entries(delays).flatMap(([what, all]): Figure[] => [
    { figure: `${what} to visible for the reader, p50`, value: quantile(all, 0.5), unit: 'ms' },
    {
      figure: `${what} to visible for the reader, the longest of ${ROUNDS}`,
      value: quantile(all, 1),
      unit: 'ms',
      target: { atMost: VISIBLE_MS_MAX },
    },
  ]);
  for (const { figure, value } of figures) say(`${figure}: ${value.toFixed(0)} ms`);
  return figures;
}

/** Asks until the answer is of that status; answers when that was. */
async function answered(
  api: string,
  vid: Vid,
  reader: SigningKey,
  status: number,
): Promise<number> {
  const url = `${api}/v1/vehicles/${vid}`;
  const startedMs = performance.now();
  for (;;) {
    const proof = await signRequest(reader, { method: 'GET', url }, now);
    const response = await fetch(url, { headers: { [PROOF_HEADER]: proof } });
    const body = await response.text();
    if (response.status === status) return performance.now();
    if (performance.now() - startedMs > WAIT_MS) {
      throw new Error(`no answer ${status} in ${WAIT_MS} ms: ${response.status} ${body}`);
    }
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { common, orderer, peer } from '@hyperledger/fabric-protos';
import type { NetworkProfile } from '@passport/testkit';

const POLL_MS = 20;

/** A peer that delivers what a test wants it to. */
export type BadPeer = {
  /** Path of a network profile that leads to it. */
  readonly profilePath: string;
  close(): void;
};

type Call = ServerDuplexStream<common.Envelope, peer.DeliverResponse>;

/**
 * Starts one in the place of an organisation's peer, with that peer's own certificate. `block` answers
 * the block of a number, undefined of one that it does not have yet.
 */
export async function startBadPeer(
  profile: NetworkProfile,
  mspId: string,
  folder: string,
  block: (number: number) => common.Block | undefined,
): Promise<BadPeer> {
  const organisation = profile.organisations.find((each) => each.mspId === mspId);
  if (organisation === undefined) throw new Error(`no ${mspId}`);
  const { domain } = organisation;
  const tls = join(
    profile.cryptoMaterial,
    'peerOrganizations',
    domain,
    'peers',
    `peer0.${domain}`,
    'tls',
  );
  const server = new Server();
  server.addService(peer.DeliverService, { deliver: (call: Call) => void deliver(call, block) });
  const credentials = ServerCredentials.createSsl(null, [
    {
      cert_chain: await readFile(join(tls, 'server.crt')),
      private_key: await readFile(join(tls, 'server.key')),
    },
  ]);
  const port = await new Promise<number>((done, fail) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
      if (error === null) done(bound);
      else fail(error);
    });
  });
  const organisations = profile.organisations.map((each) => ({
    ...each,
    peers: each.peers.map((node) => {
      if (each.mspId !== mspId) return node;
      return { ...node, address: node.address.replace(/\d+$/, String(port)) };
    }),
  }));
  const profilePath = join(folder, `bad-peer-${port}.json`);
  await writeFile(profilePath, JSON.stringify({ ...profile, organisations }));
  return { profilePath, close: () => server.forceShutdown() };
}

async function deliver(call: Call, block: (number: number) => common.Block | undefined) {
  const over = new AbortController();
  call.on('cancelled', () => over.abort());
  call.on('error', () => over.abort());
  const request = await new Promise<common.Envelope>((done) => {
    call.once('data', done);
  });
  for (let number = startOf(request); !over.signal.aborted;) {
    const next = block(number);
    if (next === undefined) {
      await new Promise((done) => setTimeout(done, POLL_MS));
      continue;
    }
    const response = new peer.DeliverResponse();
    response.setBlock(next);
    call.write(response);
    number += 1;
  }
  call.end();
}

function startOf(envelope: common.Envelope): number {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const seek = orderer.SeekInfo.deserializeBinary(payload.getData_asU8());
  return seek.getStart()?.getSpecified()?.getNumber() ?? 0;
}

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { hash, signers } from '@hyperledger/fabric-gateway';
import { msp } from '@hyperledger/fabric-protos';

import type { NetworkProfile } from '@passport/ledger-client';

/** Somebody with a certificate (PEM) and its key. */
export type TestIdentity = {
  readonly mspId: string;
  readonly certificate: Buffer;
  readonly privateKey: KeyObject;
};

/** Reads a user of an organisation, such as `User1`, from the network's certificates. */
export function readUser(profile: NetworkProfile, mspId: string, user: string): TestIdentity {
  const folder = join('users', `${user}@${domainOf(profile, mspId)}`, 'msp');
  return readIdentity(mspId, join(organisationFolder(profile, mspId), folder));
}

/** Reads the identity of an organisation's peer, which may not write. */
export function readPeer(profile: NetworkProfile, mspId: string): TestIdentity {
  const folder = join('peers', `peer0.${domainOf(profile, mspId)}`, 'msp');
  return readIdentity(mspId, join(organisationFolder(profile, mspId), folder));
}

/** Certificate and key of the CA that an organisation's members have their certificates from. */
export function readAuthority(profile: NetworkProfile, mspId: string): TestIdentity {
  const folder = join(organisationFolder(profile, mspId), 'ca');
  const files = readdirSync(folder);
  const read = (suffix: string): Buffer =>
    readFileSync(join(folder, required(files.find((file) => file.endsWith(suffix)))));
  return { mspId, certificate: read('-cert.pem'), privateKey: createPrivateKey(read('_sk')) };
}

/** A serialized msp.SerializedIdentity, as creators and endorsers are written. */
export function serialize({ mspId, certificate }: TestIdentity): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(certificate);
  return identity.serializeBinary();
}

/** Signs as the gateway client does: ECDSA over SHA-256, DER, low S. */
export async function sign(identity: TestIdentity, message: Uint8Array): Promise<Uint8Array> {
  return signers.newPrivateKeySigner(identity.privateKey)(hash.sha256(message));
}

function organisationFolder(profile: NetworkProfile, mspId: string): string {
  return join(profile.cryptoMaterial, 'peerOrganizations', domainOf(profile, mspId));
}

function domainOf(profile: NetworkProfile, mspId: string): string {
  return required(profile.organisations.find((other) => other.mspId === mspId)).domain;
}

function readIdentity(mspId: string, folder: string): TestIdentity {
  const only = (part: string): Buffer =>
    readFileSync(join(folder, part, required(readdirSync(join(folder, part))[0])));
  return {
    mspId,
    certificate: only('signcerts'),
    privateKey: createPrivateKey(only('keystore')),
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the network has no such organisation, user or file');
  return value;
}

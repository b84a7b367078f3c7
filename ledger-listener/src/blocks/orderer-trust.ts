import { createPublicKey, verify, X509Certificate } from 'node:crypto';

import { common, msp } from '@hyperledger/fabric-protos';

import { ListenerHalted, readOrHalt } from '../listener-error.ts';
import type { Block } from './block.ts';
import { headerBytes } from '@passport/ledger-client';

/** Whom a channel's configuration lets order blocks: CA certificates in PEM by MSP id. */
export type OrdererRoots = Readonly<Record<string, readonly string[]>>;

/** The orderers' organisations in a channel configuration. Source: Fabric, common/channelconfig. */
export function ordererRootsOf(config: common.Config): OrdererRoots {
  const orderer = config.getChannelGroup()?.getGroupsMap().get('Orderer');
  const roots: Record<string, string[]> = {};
  orderer?.getGroupsMap().forEach((organisation) => {
    const value = organisation.getValuesMap().get('MSP')?.getValue_asU8();
    if (value === undefined) return;
    const outer = msp.MSPConfig.deserializeBinary(value);
    const fabric = msp.FabricMSPConfig.deserializeBinary(outer.getConfig_asU8());
    const authorities = [
      ...fabric.getRootCertsList_asU8(),
      ...fabric.getIntermediateCertsList_asU8(),
    ];
    roots[fabric.getName()] = authorities.map((pem) => Buffer.from(pem).toString('utf8'));
  });
  return roots;
}

/**
 * Checks that an orderer of the channel has signed a block: one signature that verifies, by a
 * certificate that a CA of an orderers' organisation has issued. Blocks carry no time, so validity
 * periods are not looked at, as in Fabric. Throws ListenerHalted `BLOCK_UNSIGNED`, `BLOCK_MALFORMED`.
 *
 * Source: Fabric, protoutil/signeddata.go; the signed bytes are value, signature header, header.
 */
export class OrdererTrust {
  readonly roots: OrdererRoots;
  readonly #known = new Map<string, boolean>();

  constructor(roots: OrdererRoots) {
    this.roots = roots;
  }

  check(block: Block): void {
    if (readOrHalt(block.number, () => this.#isSigned(block))) return;
    throw new ListenerHalted('BLOCK_UNSIGNED', block.number, 'no orderer of the channel signed it');
  }

  #isSigned(block: Block): boolean {
    const slot = block.metadata[common.BlockMetadataIndex.SIGNATURES] ?? new Uint8Array(0);
    const metadata = common.Metadata.deserializeBinary(slot);
    const header = headerBytes(block);
    return metadata.getSignaturesList().some((signature) => {
      const by = signature.getSignatureHeader_asU8();
      const creator = common.SignatureHeader.deserializeBinary(by).getCreator_asU8();
      const identity = msp.SerializedIdentity.deserializeBinary(creator);
      const pem = Buffer.from(identity.getIdBytes_asU8()).toString('utf8');
      if (!this.#isOrderer(identity.getMspid(), pem)) return false;
      const signed = Buffer.concat([metadata.getValue_asU8(), by, header]);
      return verify('sha256', signed, createPublicKey(pem), signature.getSignature_asU8());
    });
  }

  #isOrderer(mspId: string, pem: string): boolean {
    const name = `${mspId}\n${pem}`;
    let known = this.#known.get(name);
    if (known === undefined) {
      known = isIssued(pem, this.roots[mspId] ?? []);
      this.#known.set(name, known);
    }
    return known;
  }
}

/** Whether a chain of at most the known authorities leads from the certificate to a root. */
function isIssued(pem: string, authorities: readonly string[]): boolean {
  const known = authorities.map((text) => new X509Certificate(text));
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    // Whatever it is, it is no certificate, and what it signed is not signed.
    return false;
  }
  for (let depth = 0; depth <= known.length; depth += 1) {
    const child = certificate;
    const issuer = known.find((ca) => child.checkIssued(ca) && child.verify(ca.publicKey));
    if (issuer === undefined) return false;
    if (issuer.checkIssued(issuer)) return true;
    certificate = issuer;
  }
  return false;
}

import { msp } from '@hyperledger/fabric-protos';

/** An organisation as a channel needs to know it; certificates in PEM. */
export type OrganisationDefinition = {
  readonly mspId: string;
  readonly caCertificate: string;
  readonly tlsCaCertificate: string;
};

/** MSPConfig.type of an MSP with X.509 certificates (Fabric, msp/msp.go, FABRIC). */
export const X509_MSP = 0;

/**
 * What configtxgen makes of an organisation's `msp` folder that cryptogen has written: one
 * authority, and clients, peers, admins and orderers told apart by their organisational unit.
 * Source: Fabric, msp/configbuilder.go (getMspConfig).
 */
export function defineMsp(organisation: OrganisationDefinition): msp.FabricMSPConfig {
  const ca = Buffer.from(organisation.caCertificate);
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  const units = new msp.FabricNodeOUs();
  units.setEnable(true);
  units.setClientOuIdentifier(unit(ca, 'client'));
  units.setPeerOuIdentifier(unit(ca, 'peer'));
  units.setAdminOuIdentifier(unit(ca, 'admin'));
  units.setOrdererOuIdentifier(unit(ca, 'orderer'));
  const definition = new msp.FabricMSPConfig();
  definition.setName(organisation.mspId);
  definition.setRootCertsList([ca]);
  definition.setCryptoConfig(crypto);
  definition.setTlsRootCertsList([Buffer.from(organisation.tlsCaCertificate)]);
  definition.setFabricNodeOus(units);
  return definition;
}

function unit(certificate: Uint8Array, name: string): msp.FabricOUIdentifier {
  const identifier = new msp.FabricOUIdentifier();
  identifier.setCertificate(certificate);
  identifier.setOrganizationalUnitIdentifier(name);
  return identifier;
}

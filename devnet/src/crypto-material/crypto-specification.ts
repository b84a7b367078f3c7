/** Attributes that a certificate carries for the chaincode, as Fabric's CA writes them. */
export type Attributes = Readonly<Record<string, string>>;

/** Somebody who uses the network for an organisation. */
export type UserSpecification = {
  /** Without the domain: `User1` becomes `User1@org1.example`. */
  readonly name: string;
  readonly attributes?: Attributes;
};

/** An organisation, its nodes and users; `Admin` is always among the users. */
export type OrganisationSpecification = {
  /** Such as `org1.example`. */
  readonly domain: string;
  /** Host names of the nodes without the domain: `peer0` becomes `peer0.org1.example`. */
  readonly nodes: readonly string[];
  readonly users: readonly UserSpecification[];
};

/** What crypto material there is to be. */
export type CryptoSpecification = {
  readonly peerOrganisations: readonly OrganisationSpecification[];
  readonly ordererOrganisations: readonly OrganisationSpecification[];
};

/** Whether an organisation runs peers or orderers. */
export type OrganisationKind = 'peer' | 'orderer';

/** A name in a specification, or a file that it led to, cannot be used. */
export class CryptoMaterialError extends Error {
  readonly code: 'unusable-name' | 'missing-file';

  constructor(code: CryptoMaterialError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CryptoMaterialError';
    this.code = code;
  }
}

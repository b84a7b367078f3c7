/** The members of the sandbox's consortium, in the order of their ports. */
export const organisations = [
  { mspId: 'MakerMSP', domain: 'maker.example' },
  { mspId: 'InsurerMSP', domain: 'insurer.example' },
  { mspId: 'GarageMSP', domain: 'garage.example' },
] as const;

/** MSP id of a member. */
export type Member = (typeof organisations)[number]['mspId'];

/** Name of the chaincode, and on the devnet its package id too. */
export const CHAINCODE = 'passport';

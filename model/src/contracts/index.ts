import { consentContract } from './consent.ts';
import { marketContract } from './market.ts';
import { membersContract } from './members.ts';
import { parametersContract } from './parameters.ts';
import { passportContract } from './passport.ts';
import { qualityContract } from './quality.ts';
import { tokensContract } from './tokens.ts';

/** Every contract and its functions: what the chaincode serves and what its clients call. */
export const contracts = {
  Passport: passportContract,
  Members: membersContract,
  Consent: consentContract,
  Tokens: tokensContract,
  Market: marketContract,
  Quality: qualityContract,
  Parameters: parametersContract,
} as const;

export type Contracts = typeof contracts;
export type ContractName = keyof Contracts;

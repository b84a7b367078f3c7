import { contracts } from '@passport/model';
import type { Contract } from 'fabric-contract-api';

import { consentHandlers } from './consent/consent-handlers.ts';
import { marketHandlers } from './market/market-handlers.ts';
import { membersHandlers } from './members/members-handlers.ts';
import { parametersHandlers } from './parameters/parameters-handlers.ts';
import { passportHandlers } from './passport/passport-handlers.ts';
import { qualityHandlers } from './quality/quality-handlers.ts';
import { tokensHandlers } from './tokens/tokens-handlers.ts';
import { contractClass, type EndorserOptions } from './transaction/contract-class.ts';

/** All contracts as classes for Fabric's contract API. The first one is the default. */
export function contractClasses(options: EndorserOptions): (new () => Contract)[] {
  const { Passport, Members, Consent, Tokens, Market, Quality, Parameters } = contracts;
  return [
    contractClass('Passport', Passport, passportHandlers, options),
    contractClass('Members', Members, membersHandlers, options),
    contractClass('Consent', Consent, consentHandlers, options),
    contractClass('Tokens', Tokens, tokensHandlers, options),
    contractClass('Market', Market, marketHandlers, options),
    contractClass('Quality', Quality, qualityHandlers, options),
    contractClass('Parameters', Parameters, parametersHandlers, options),
  ];
}

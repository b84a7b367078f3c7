import { chaincode, noChannel, noMetadata } from './proposal-answers.ts';
import { bad, type ProposalCase } from './proposal-case.ts';

/** Proposals for what is not there. */
export const misdirectedProposals: readonly ProposalCase[] = [
  bad(
    'channel: unknown',
    {
      endorse: noMetadata('probe', 'elsewhere'),
      evaluate: {
        code: 'UNAVAILABLE',
        message:
          'failed to get config for channel [elsewhere]: could not get last config for channel elsewhere',
      },
    },
    { channel: 'elsewhere' },
  ),
  bad('channel: empty', noChannel, { channel: '' }),
  bad(
    'chaincode: unknown',
    {
      endorse: noMetadata('nowhere', 'passport'),
      evaluate: {
        code: 'FAILED_PRECONDITION',
        message: 'no peers available to evaluate chaincode nowhere in channel passport',
      },
    },
    { chaincode: 'nowhere' },
  ),
  bad(
    'contract function: unknown',
    chaincode("You've asked to invoke a function that does not exist: nonsense"),
    { args: ['nonsense'] },
  ),
  bad('contract: unknown', chaincode('Contract name is not known: strange'), {
    args: ['strange:run'],
  }),
  bad('arguments: too few', chaincode('Expected 1 parameters, but 0 have been supplied'), {
    args: ['run'],
  }),
];

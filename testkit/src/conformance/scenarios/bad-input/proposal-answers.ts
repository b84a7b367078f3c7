import type { ExpectedRefusal } from './expectation.ts';

/** What the calls that take a proposal answer to one. */
export type ExpectedAnswers = {
  readonly endorse: ExpectedRefusal;
  readonly evaluate: ExpectedRefusal;
};

type Message = string | RegExp;

const GATEWAY_MSP = 'MakerMSP';

/** The endorser refuses the proposal, and there is no use in asking another one. */
export function endorser(said: Message): ExpectedAnswers {
  return refusedByPeer('FAILED_PRECONDITION', said);
}

/** The chaincode answers with an error. */
export function chaincode(said: string): ExpectedAnswers {
  return refusedByPeer('UNKNOWN', `chaincode response 500, ${said}`);
}

/** The gateway refuses the proposal before an endorser sees it. */
export function gateway(endorse: Message, evaluate: Message): ExpectedAnswers {
  return {
    endorse: { code: 'INVALID_ARGUMENT', message: endorse },
    evaluate: { code: 'INVALID_ARGUMENT', message: evaluate },
  };
}

/** What Evaluate says of a proposal that it cannot take apart. */
export function unpack(reason: string): string {
  return `failed to unpack transaction proposal: ${reason}`;
}

/** A message that cannot be decoded. The decoder's own words differ with every decoder. */
export function undecodable(message: string): ExpectedAnswers {
  return gateway(
    new RegExp(`^error unmarshalling ${message}: .+`),
    new RegExp(`^${unpack(`error unmarshalling ${message}: .+`)}`),
  );
}

/** No peers are known for the chaincode: what Endorse says. */
export function noMetadata(chaincodeName: string, channel: string): ExpectedRefusal {
  return {
    code: 'FAILED_PRECONDITION',
    message:
      'no combination of peers can be derived which satisfy the endorsement policy: ' +
      `No metadata was found for chaincode ${chaincodeName} in channel ${channel}`,
  };
}

/** The proposal names no chaincode; Endorse goes on with an empty name. */
export function noChaincode(reason: string): ExpectedAnswers {
  return {
    endorse: noMetadata('', 'passport'),
    evaluate: { code: 'INVALID_ARGUMENT', message: unpack(reason) },
  };
}

/** The proposal names no channel: Endorse has no words for that. */
export const noChannel: ExpectedAnswers = {
  endorse: { code: 'FAILED_PRECONDITION', message: '' },
  evaluate: { code: 'INVALID_ARGUMENT', message: unpack('no channel id provided') },
};

/** The creator is a member of the organisation that it names, and may not do this. */
export const denied = endorser(
  'error validating proposal: access denied: channel [passport] creator org [MakerMSP]',
);

/** The creator's organisation cannot be told. */
export const unknownOrganisation = endorser(
  'error validating proposal: access denied: channel [passport] creator org unknown, ' +
    'creator is malformed',
);

function refusedByPeer(code: string, said: Message): ExpectedAnswers {
  const details = [{ mspId: GATEWAY_MSP, message: said }];
  const prefix = 'evaluate call to endorser returned error: ';
  return {
    endorse: {
      code: 'ABORTED',
      message: 'failed to endorse transaction, see attached details for more info',
      details,
    },
    evaluate: {
      code,
      message:
        typeof said === 'string'
          ? `${prefix}${said}`
          : new RegExp(`^${prefix}${said.source.replace(/^\^/, '')}`),
      details,
    },
  };
}

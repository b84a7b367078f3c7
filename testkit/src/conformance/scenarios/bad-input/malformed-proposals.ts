import { common, peer } from '@hyperledger/fabric-protos';

import {
  endorser,
  gateway,
  noChaincode,
  noChannel,
  undecodable,
  unpack,
} from './proposal-answers.ts';
import { changed, type ProposalCase, GARBAGE, NOTHING } from './proposal-case.ts';

/** Messages that are not what they should be. */
export const malformedProposals: readonly ProposalCase[] = [
  changed(
    'proposal bytes: empty',
    gateway(
      'the proposed transaction must contain a signed proposal',
      unpack('a signed proposal is required'),
    ),
    ({ instead }) => {
      instead.proposal = NOTHING;
    },
  ),
  changed('proposal bytes: garbage', undecodable('Proposal'), ({ instead }) => {
    instead.proposal = GARBAGE;
  }),
  changed('header: missing', noChannel, ({ instead }) => {
    instead.header = NOTHING;
  }),
  changed('header: garbage', undecodable('Header'), ({ instead }) => {
    instead.header = GARBAGE;
  }),
  changed('channel header: missing', noChannel, ({ instead }) => {
    instead.channelHeader = NOTHING;
  }),
  changed('channel header: garbage', undecodable('ChannelHeader'), ({ instead }) => {
    instead.channelHeader = GARBAGE;
  }),
  changed(
    'signature header: missing',
    endorser('error validating proposal: nonce is empty'),
    ({ instead }) => {
      instead.signatureHeader = NOTHING;
    },
  ),
  changed(
    'signature header: garbage',
    endorser(/^error unmarshalling SignatureHeader: .+/),
    ({ instead }) => {
      instead.signatureHeader = GARBAGE;
    },
  ),
  changed(
    'header extension: missing',
    endorser('ChaincodeHeaderExtension.ChaincodeId is nil'),
    ({ instead }) => {
      instead.extension = NOTHING;
    },
  ),
  changed(
    'header extension: garbage',
    endorser(/^error unmarshalling ChaincodeHeaderExtension: .+/),
    ({ instead }) => {
      instead.extension = GARBAGE;
    },
  ),
  changed(
    'header extension: chaincode without a name',
    endorser('ChaincodeHeaderExtension.ChaincodeId.Name is empty'),
    ({ extension }) => {
      extension.setChaincodeId(new peer.ChaincodeID());
    },
  ),
  changed(
    'payload: missing',
    noChaincode('no chaincode spec is provided, channel id [passport]'),
    ({ instead }) => {
      instead.payload = NOTHING;
    },
  ),
  changed('payload: garbage', undecodable('ChaincodeProposalPayload'), ({ instead }) => {
    instead.payload = GARBAGE;
  }),
  changed(
    'invocation: missing',
    noChaincode('no chaincode spec is provided, channel id [passport]'),
    ({ instead }) => {
      instead.invocation = NOTHING;
    },
  ),
  changed('invocation: garbage', undecodable('ChaincodeInvocationSpec'), ({ instead }) => {
    instead.invocation = GARBAGE;
  }),
  changed(
    'invocation: no input',
    endorser('chaincode input did not contain any input'),
    ({ invocation }) => {
      invocation.getChaincodeSpec()?.clearInput();
    },
  ),
  changed(
    'invocation: no chaincode',
    noChaincode('no chaincode id is provided, channel id [passport]'),
    ({ invocation }) => {
      invocation.getChaincodeSpec()?.clearChaincodeId();
    },
  ),
  changed(
    'header type: a configuration update',
    endorser('error validating proposal: invalid header type CONFIG_UPDATE'),
    ({ channelHeader }) => {
      channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
    },
  ),
  changed(
    'header type: a message',
    endorser('error validating proposal: invalid header type MESSAGE'),
    ({ channelHeader }) => {
      channelHeader.setType(common.HeaderType.MESSAGE);
    },
  ),
  changed(
    'header type: one that does not exist',
    endorser('error validating proposal: invalid header type 99'),
    ({ channelHeader }) => {
      channelHeader.setType(99);
    },
  ),
  changed(
    'epoch: not zero',
    endorser('error validating proposal: epoch is non-zero'),
    ({ channelHeader }) => {
      channelHeader.setEpoch(1);
    },
  ),
  changed(
    'nonce: empty',
    endorser('error validating proposal: nonce is empty'),
    ({ signatureHeader }) => {
      signatureHeader.setNonce('');
    },
  ),
  changed(
    'creator: empty',
    endorser('error validating proposal: creator is empty'),
    ({ signatureHeader }) => {
      signatureHeader.setCreator('');
    },
  ),
  changed(
    'transaction id: empty',
    endorser(
      /^error validating proposal: incorrectly computed txid '' -- expected '[0-9a-f]{64}'$/,
    ),
    ({ channelHeader }) => {
      channelHeader.setTxId('');
    },
  ),
  changed(
    'transaction id: not of this nonce and creator',
    endorser(
      /^error validating proposal: incorrectly computed txid '0{64}' -- expected '[0-9a-f]{64}'$/,
    ),
    ({ channelHeader }) => {
      channelHeader.setTxId('0'.repeat(64));
    },
  ),
  changed(
    'transaction id: in capitals',
    endorser(
      /^error validating proposal: incorrectly computed txid '[0-9A-F]{64}' -- expected '[0-9a-f]{64}'$/,
    ),
    ({ channelHeader }) => {
      channelHeader.setTxId(channelHeader.getTxId().toUpperCase());
    },
  ),
];

import { randomBytes } from 'node:crypto';

import { common, ledger, peer } from '@hyperledger/fabric-protos';

import { issueCertificate, strangeAuthority } from '../../client/certificates.ts';
import { changeEnvelope, type EnvelopeParts } from '../../client/envelope.ts';
import {
  readAuthority,
  readPeer,
  serialize,
  sign,
  type TestIdentity,
} from '../../client/identity.ts';
import { transactionId } from '../../client/signed-proposal.ts';
import type { Fixture } from '../../fixture.ts';

const GARBAGE = Buffer.from('ffffffff', 'hex');
const NOTHING = new Uint8Array(0);

/** How an endorsed transaction's envelope is made a bad one. */
export type EnvelopeCase = {
  readonly name: string;
  /** Makes the envelope of one that was endorsed in good order. */
  readonly make: (envelope: common.Envelope, fixture: Fixture) => Promise<common.Envelope>;
};

/** An envelope that the gateway or the orderer refuses. */
export type RefusedCase = EnvelopeCase & {
  readonly code: string;
  readonly message: string | RegExp;
};

/** An envelope that gets on the ledger, and the validation code that it gets there. */
export type InvalidCase = EnvelopeCase & { readonly code: string | RegExp };

type Change = (parts: EnvelopeParts, fixture: Fixture) => void | Promise<void>;

function fromOrderer(status: string, info: string): Pick<RefusedCase, 'code' | 'message'> {
  return {
    code: 'ABORTED',
    message: `received unsuccessful response from orderer: status=${status}, info=${info}`,
  };
}

function fromOrdererLike(status: string, info: string): Pick<RefusedCase, 'code' | 'message'> {
  const text = `received unsuccessful response from orderer: status=${status}, info=${info}`;
  return { code: 'ABORTED', message: new RegExp(`^${text}`) };
}

type Refused = Pick<RefusedCase, 'code' | 'message'>;

function refused(name: string, expected: Refused, change: Change): RefusedCase {
  return { name, ...expected, make: making(change) };
}

function invalid(name: string, code: string | RegExp, change: Change): InvalidCase {
  return { name, code, make: making(change) };
}

function making(change: Change): EnvelopeCase['make'] {
  return async (envelope, fixture) =>
    changeEnvelope(envelope, fixture.maker.identity, async (parts) => change(parts, fixture));
}

/** The orderer's policy is not satisfied by whoever sends the envelope. */
const FORBIDDEN = fromOrderer(
  'FORBIDDEN',
  "implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied",
);

const NO_CHANNEL = fromOrderer(
  'BAD_REQUEST',
  'channel creation request not allowed because the orderer system channel is not defined',
);
const NOT_DIRECT = fromOrderer(
  'BAD_REQUEST',
  'message is of type that cannot be processed directly',
);

/** An envelope whose creator is somebody else, who signs it too. */
function sentBy(
  name: string,
  expected: Refused,
  creator: (fixture: Fixture) => Promise<TestIdentity>,
): RefusedCase {
  return {
    name,
    ...expected,
    make: async (envelope, fixture) => {
      const identity = await creator(fixture);
      return changeEnvelope(envelope, identity, ({ signatureHeader, channelHeader }) => {
        signatureHeader.setCreator(serialize(identity));
        channelHeader.setTxId(
          transactionId(signatureHeader.getNonce_asU8(), signatureHeader.getCreator_asU8()),
        );
      });
    },
  };
}

/** Envelopes that never get into a block. */
export const refusedEnvelopes: readonly RefusedCase[] = [
  refused(
    'signature: missing',
    { code: 'INVALID_ARGUMENT', message: 'prepared transaction must be signed' },
    ({ instead }) => {
      instead.signature = NOTHING;
    },
  ),
  refused('signature: garbage', FORBIDDEN, ({ instead }) => {
    instead.signature = randomBytes(70);
  }),
  {
    name: 'signature: another member’s',
    ...FORBIDDEN,
    make: async (envelope, { garage }) => {
      envelope.setSignature(await sign(garage.identity, envelope.getPayload_asU8()));
      return envelope;
    },
  },
  refused(
    'payload: empty',
    fromOrderer('BAD_REQUEST', 'could not determine channel ID: header not set'),
    ({ instead }) => {
      instead.payload = NOTHING;
    },
  ),
  refused(
    'payload: garbage',
    fromOrdererLike(
      'BAD_REQUEST',
      'could not determine channel ID: error unmarshalling Payload: .+',
    ),
    ({ instead }) => {
      instead.payload = GARBAGE;
    },
  ),
  refused(
    'channel header: missing',
    fromOrderer('BAD_REQUEST', 'could not determine channel ID: channel header not set'),
    ({ instead }) => {
      instead.channelHeader = NOTHING;
    },
  ),
  refused(
    'channel header: garbage',
    fromOrdererLike(
      'BAD_REQUEST',
      'could not determine channel ID: error unmarshalling channel header: error unmarshalling ChannelHeader: .+',
    ),
    ({ instead }) => {
      instead.channelHeader = GARBAGE;
    },
  ),
  refused('signature header: missing', FORBIDDEN, ({ instead }) => {
    instead.signatureHeader = NOTHING;
  }),
  refused(
    'signature header: garbage',
    fromOrdererLike(
      'BAD_REQUEST',
      'could not convert message to signedData: GetSignatureHeaderFromBytes failed, err .+',
    ),
    ({ instead }) => {
      instead.signatureHeader = GARBAGE;
    },
  ),
  refused('channel: unknown', NO_CHANNEL, ({ channelHeader }) => {
    channelHeader.setChannelId('elsewhere');
  }),
  refused('channel: empty', NO_CHANNEL, ({ channelHeader }) => {
    channelHeader.setChannelId('');
  }),
  refused('header type: a configuration', NOT_DIRECT, ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.CONFIG);
  }),
  refused('header type: an orderer transaction', NOT_DIRECT, ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.ORDERER_TRANSACTION);
  }),
  refused(
    'header type: a configuration update',
    fromOrdererLike('BAD_REQUEST', '.+'),
    ({ channelHeader }) => {
      channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
    },
  ),
  sentBy('creator: an unknown organisation', FORBIDDEN, async ({ maker }) => ({
    ...maker.identity,
    mspId: 'StrangeMSP',
  })),
  sentBy('creator: a certificate of a foreign CA', FORBIDDEN, async ({ maker }) =>
    issueCertificate(await strangeAuthority(maker.mspId)),
  ),
  sentBy(
    'creator: an expired certificate',
    fromOrderer('BAD_REQUEST', 'broadcast client identity expired'),
    async ({ network, maker }) =>
      issueCertificate(readAuthority(network.profile, maker.mspId), {
        notAfter: new Date(Date.now() - 2_000),
      }),
  ),
  sentBy('creator: a peer, who may not write', FORBIDDEN, async ({ network, maker }) =>
    readPeer(network.profile, maker.mspId),
  ),
];

/**
 * A write to a namespace that it must not write to, in a transaction whose endorsements do not fit
 * either: Fabric looks at the namespaces in no fixed order.
 */
const EITHER = /^(ENDORSEMENT_POLICY_FAILURE|INVALID_CHAINCODE|ILLEGAL_WRITESET)$/;

/** Envelopes that get into a block and are not valid there. */
export const invalidEnvelopes: readonly InvalidCase[] = [
  invalid('header type: a message', 'BAD_COMMON_HEADER', ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.MESSAGE);
  }),
  invalid('header type: one that does not exist', 'BAD_COMMON_HEADER', ({ channelHeader }) => {
    channelHeader.setType(99);
  }),
  invalid('epoch: not zero', 'BAD_COMMON_HEADER', ({ channelHeader }) => {
    channelHeader.setEpoch(1);
  }),
  invalid('nonce: empty', 'BAD_COMMON_HEADER', ({ signatureHeader }) => {
    signatureHeader.setNonce('');
  }),
  invalid('nonce: another one', 'BAD_PROPOSAL_TXID', ({ signatureHeader }) => {
    signatureHeader.setNonce(randomBytes(24));
  }),
  invalid('transaction id: made up', 'BAD_PROPOSAL_TXID', ({ channelHeader }) => {
    channelHeader.setTxId(`made-up-${randomBytes(8).toString('hex')}`);
  }),
  invalid('transaction id: empty', 'BAD_PROPOSAL_TXID', ({ channelHeader }) => {
    channelHeader.setTxId('');
  }),
  invalid('timestamp: another one', 'INVALID_ENDORSER_TRANSACTION', ({ channelHeader }) => {
    channelHeader.getTimestamp()?.setNanos(1);
  }),
  invalid('transaction: garbage', 'INVALID_ENDORSER_TRANSACTION', ({ instead }) => {
    instead.transaction = GARBAGE;
  }),
  invalid('transaction: empty', 'INVALID_ENDORSER_TRANSACTION', ({ instead }) => {
    instead.transaction = NOTHING;
  }),
  invalid('actions: two', 'INVALID_ENDORSER_TRANSACTION', ({ transaction }) => {
    const [action] = transaction.getActionsList();
    if (action !== undefined) transaction.addActions(action);
  }),
  invalid('action payload: garbage', 'INVALID_ENDORSER_TRANSACTION', ({ instead }) => {
    instead.actionPayload = GARBAGE;
  }),
  invalid('action header: missing', 'INVALID_ENDORSER_TRANSACTION', ({ transaction }) => {
    transaction.getActionsList()[0]?.setHeader('');
  }),
  invalid('proposal: another one', 'INVALID_ENDORSER_TRANSACTION', ({ actionPayload }) => {
    actionPayload.setChaincodeProposalPayload('');
  }),
  invalid('response payload: garbage', 'INVALID_ENDORSER_TRANSACTION', ({ instead }) => {
    instead.responsePayload = GARBAGE;
  }),
  invalid(
    'response payload: another hash',
    'INVALID_ENDORSER_TRANSACTION',
    ({ responsePayload }) => {
      responsePayload.setProposalHash(randomBytes(32));
    },
  ),
  invalid('chaincode action: garbage', 'BAD_RESPONSE_PAYLOAD', ({ instead }) => {
    instead.action = GARBAGE;
  }),
  invalid('results: garbage', 'BAD_RWSET', ({ action }) => {
    action.setResults(GARBAGE);
  }),
  invalid('chaincode of the action: missing', 'INVALID_OTHER_REASON', ({ action }) => {
    action.clearChaincodeId();
  }),
  invalid('chaincode of the action: without a version', 'INVALID_CHAINCODE', ({ action }) => {
    action.getChaincodeId()?.setVersion('');
  }),
  invalid('chaincode of the action: another one', 'INVALID_CHAINCODE', ({ action }) => {
    action.getChaincodeId()?.setName('open');
  }),
  invalid(
    'chaincode of the action: another version',
    'ENDORSEMENT_POLICY_FAILURE',
    ({ action }) => {
      action.getChaincodeId()?.setVersion('9.9');
    },
  ),
  invalid('event: garbage', 'INVALID_OTHER_REASON', ({ action }) => {
    action.setEvents(GARBAGE);
  }),
  invalid('event: of another chaincode', 'INVALID_OTHER_REASON', ({ action }) => {
    const event = new peer.ChaincodeEvent();
    event.setChaincodeId('open');
    action.setEvents(event.serializeBinary());
  }),
  invalid('results: a namespace twice', 'ILLEGAL_WRITESET', ({ action }) => {
    changeResults(action, (results) => {
      const [, second] = results.getNsRwsetList();
      if (second !== undefined) results.addNsRwset(second);
    });
  }),
  invalid('results: of a system chaincode', EITHER, ({ action }) => {
    changeResults(action, (results) => writeTo(results, 'lscc'));
  }),
  invalid('results: of the lifecycle', EITHER, ({ action }) => {
    changeResults(action, (results) => writeTo(results, '_lifecycle'));
  }),
  invalid('results: of a chaincode that is not there', EITHER, ({ action }) => {
    changeResults(action, (results) => writeTo(results, 'nowhere'));
  }),
  invalid('results: changed', 'ENDORSEMENT_POLICY_FAILURE', ({ action }) => {
    changeResults(action, (results) => writeTo(results, 'probe'));
  }),
  invalid('response: changed', 'ENDORSEMENT_POLICY_FAILURE', ({ action }) => {
    action.getResponse()?.setMessage('changed');
  }),
  invalid('response: of status 500', 'ENDORSEMENT_POLICY_FAILURE', ({ action }) => {
    action.getResponse()?.setStatus(500);
  }),
  invalid('endorsements: none', 'ENDORSEMENT_POLICY_FAILURE', ({ endorsedAction }) => {
    endorsedAction.clearEndorsementsList();
  }),
  invalid('endorsements: one', 'ENDORSEMENT_POLICY_FAILURE', ({ endorsedAction }) => {
    endorsedAction.setEndorsementsList(endorsedAction.getEndorsementsList().slice(0, 1));
  }),
  invalid('endorsements: one, twice', 'ENDORSEMENT_POLICY_FAILURE', ({ endorsedAction }) => {
    const [first] = endorsedAction.getEndorsementsList();
    if (first !== undefined) endorsedAction.setEndorsementsList([first, first]);
  }),
  invalid('endorsements: by clients', 'ENDORSEMENT_POLICY_FAILURE', endorseByClients),
  invalid(
    'endorsements: with a bad signature',
    'ENDORSEMENT_POLICY_FAILURE',
    ({ endorsedAction }) => {
      endorsedAction.getEndorsementsList()[0]?.setSignature(randomBytes(70));
    },
  ),
  invalid('endorsements: by nobody', 'ENDORSEMENT_POLICY_FAILURE', ({ endorsedAction }) => {
    for (const endorsement of endorsedAction.getEndorsementsList())
      endorsement.setEndorser(GARBAGE);
  }),
];

/** Envelopes that look wrong, and are valid. */
export const unusualEnvelopes: readonly EnvelopeCase[] = [
  {
    name: 'a bad endorsement beside enough good ones',
    make: making(({ endorsedAction }) => {
      const bad = new peer.Endorsement();
      bad.setEndorser(GARBAGE);
      bad.setSignature(GARBAGE);
      endorsedAction.addEndorsements(bad);
    }),
  },
];

async function endorseByClients(parts: EnvelopeParts, fixture: Fixture): Promise<void> {
  const { endorsedAction } = parts;
  const payload = endorsedAction.getProposalResponsePayload_asU8();
  const members = [fixture.maker, fixture.insurer, fixture.garage];
  endorsedAction.setEndorsementsList(
    await Promise.all(
      members.map(async ({ identity }) => {
        const endorser = serialize(identity);
        const endorsement = new peer.Endorsement();
        endorsement.setEndorser(endorser);
        endorsement.setSignature(await sign(identity, Buffer.concat([payload, endorser])));
        return endorsement;
      }),
    ),
  );
}

function changeResults(
  action: peer.ChaincodeAction,
  change: (results: ledger.rwset.TxReadWriteSet) => void,
): void {
  const results = ledger.rwset.TxReadWriteSet.deserializeBinary(action.getResults_asU8());
  change(results);
  action.setResults(results.serializeBinary());
}

/** Adds a write to a namespace, which may be there already. */
function writeTo(results: ledger.rwset.TxReadWriteSet, namespace: string): void {
  const write = new ledger.rwset.kvrwset.KVWrite();
  write.setKey('forged');
  write.setValue('forged');
  const entry = results.getNsRwsetList().find((other) => other.getNamespace() === namespace);
  const set = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(entry?.getRwset_asU8() ?? NOTHING);
  set.addWrites(write);
  const changed = entry ?? new ledger.rwset.NsReadWriteSet();
  changed.setNamespace(namespace);
  changed.setRwset(set.serializeBinary());
  if (entry === undefined) results.addNsRwset(changed);
}

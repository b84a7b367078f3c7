import { randomBytes } from 'node:crypto';

import { common, ledger, peer } from '@hyperledger/fabric-protos';

import type { EnvelopeParts } from '../../client/envelope.ts';
import { serialize, sign } from '../../client/identity.ts';
import type { Fixture } from '../../fixture.ts';
import { type Change, type EnvelopeCase, GARBAGE, making, NOTHING } from './envelope-case.ts';

/** An envelope that gets on the ledger, and the validation code that it gets there. */
export type InvalidCase = EnvelopeCase & { readonly code: string | RegExp };

function invalid(name: string, code: string | RegExp, change: Change): InvalidCase {
  return { name, code, make: making(change) };
}

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

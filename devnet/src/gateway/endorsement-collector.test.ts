import { status } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';
import { beforeAll, describe, expect, test } from 'vitest';

import { ChaincodeError } from '../chaincode-stream/chaincode-error.ts';
import {
  TEST_CHAINCODE,
  TEST_CHANNEL,
  TestNetwork,
  type TestOrganisation,
} from '../validation/testing/test-transactions.ts';
import { errorResponse, success } from '../endorsing/chaincode-response.ts';
import { Endorser, type SimulationOutcome } from '../endorsing/endorser.ts';
import {
  EndorsementCollector,
  type EndorsementLayouts,
  type GatewayCall,
} from './endorsement-collector.ts';

type Answer = string | Error | peer.Response;

let network: TestNetwork;

beforeAll(async () => {
  network = await TestNetwork.create();
});

/** Two peers, of which a test says what each answers and what was asked of whom. */
class TestPeers {
  readonly asked: string[] = [];
  readonly answers: Record<TestOrganisation, Answer>;
  readonly collector: EndorsementCollector;

  constructor(
    answers: Record<TestOrganisation, Answer>,
    layouts: EndorsementLayouts = () => [['Org1MSP', 'Org2MSP']],
    installed: readonly TestOrganisation[] = ['Org1MSP', 'Org2MSP'],
  ) {
    this.answers = answers;
    const endorsers = new Map(
      (['Org1MSP', 'Org2MSP'] as const).map((mspId) => [mspId, this.#endorser(mspId, installed)]),
    );
    const local = endorsers.get('Org1MSP');
    if (local === undefined) throw new Error('no local endorser');
    this.collector = new EndorsementCollector(TEST_CHANNEL, local, endorsers, layouts);
  }

  async endorse(call: GatewayCall, mspIds: readonly string[] = []): Promise<string[]> {
    const envelope = await this.collector.endorse(call, mspIds);
    return endorsersOf(envelope);
  }

  #endorser(mspId: TestOrganisation, installed: readonly TestOrganisation[]): Endorser {
    return new Endorser({
      address: `peer0.${mspId}`,
      identity: network.peer(mspId),
      channel: network.channel,
      chaincodes: new Set(installed.includes(mspId) ? [TEST_CHAINCODE] : []),
      simulate: () => {
        this.asked.push(mspId);
        return this.#answer(this.answers[mspId]);
      },
      now: () => new Date('2026-05-01T00:00:00Z'),
    });
  }

  #answer(answer: Answer): Promise<SimulationOutcome> {
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve({
      response: typeof answer === 'string' ? success(Buffer.from(answer)) : answer,
      event: undefined,
      results: new Uint8Array(0),
      interest: [],
      chaincodeVersion: '1.0',
    });
  }
}

function callOf(transient = false, channel = TEST_CHANNEL): GatewayCall {
  const { signedProposal, header, payload } = network.propose();
  if (transient) payload.getTransientmapMap().set('secret', Buffer.from('x'));
  return { signedProposal, header, payload, channel, chaincode: TEST_CHAINCODE };
}

function endorsersOf(envelope: common.Envelope): string[] {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(
    action?.getPayload_asU8() ?? new Uint8Array(0),
  ).getAction();
  return (endorsed?.getEndorsementsList() ?? []).map(
    (endorsement) => network.people.msps.deserializeIdentity(endorsement.getEndorser_asU8()).mspId,
  );
}

const down = new ChaincodeError('invalid-invocation', 'connection refused');

describe('endorsing', () => {
  test('all of the first layout, each asked once, the own peer first', async () => {
    const peers = new TestPeers({ Org1MSP: 'ok', Org2MSP: 'ok' });
    expect(await peers.endorse(callOf())).toEqual(['Org1MSP', 'Org2MSP']);
    expect(peers.asked).toEqual(['Org1MSP', 'Org2MSP']);
  });

  test('a layout with a peer that failed is given up for the next', async () => {
    const layouts = (): string[][] => [['Org1MSP', 'Org2MSP'], ['Org1MSP']];
    const peers = new TestPeers({ Org1MSP: 'ok', Org2MSP: down }, layouts);
    expect(await peers.endorse(callOf())).toEqual(['Org1MSP']);
    expect(peers.asked).toEqual(['Org1MSP', 'Org2MSP']);
  });

  test('different results: ABORTED, and whose they were', async () => {
    const peers = new TestPeers({ Org1MSP: 'one', Org2MSP: 'other' });
    await expect(peers.endorse(callOf())).rejects.toMatchObject({
      code: status.ABORTED,
      message:
        'failed to collect enough transaction endorsements, see attached details for more info',
      endpointErrors: [
        {
          address: 'peer0.Org2MSP',
          mspId: 'Org2MSP',
          message: 'ProposalResponsePayloads do not match',
        },
      ],
    });
  });

  test('a chaincode that refuses on the first peer: nobody else is asked', async () => {
    const peers = new TestPeers({ Org1MSP: errorResponse('no such vehicle'), Org2MSP: 'ok' });
    await expect(peers.endorse(callOf())).rejects.toMatchObject({
      code: status.ABORTED,
      endpointErrors: [{ mspId: 'Org1MSP', message: 'chaincode response 500, no such vehicle' }],
    });
    expect(peers.asked).toEqual(['Org1MSP']);
  });

  test('organisations that the client names: those and no others, each once', async () => {
    const peers = new TestPeers({ Org1MSP: 'ok', Org2MSP: 'ok' });
    expect(await peers.endorse(callOf(), ['Org2MSP', 'Org2MSP'])).toEqual(['Org2MSP']);
    expect(peers.asked).toEqual(['Org2MSP']);
    await expect(peers.endorse(callOf(), ['Org9MSP'])).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      message: 'failed to find any endorsing peers for org(s): Org9MSP',
    });
  });

  test('transient data never leaves for a peer that the client has not named', async () => {
    const peers = new TestPeers({ Org1MSP: 'ok', Org2MSP: 'ok' }, () => [['Org2MSP']], ['Org2MSP']);
    await expect(peers.endorse(callOf(true))).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
    expect(peers.asked).toEqual([]);
    expect(await peers.endorse(callOf(true), ['Org2MSP'])).toEqual(['Org2MSP']);
    expect(await peers.endorse(callOf())).toEqual(['Org2MSP']);
  });

  test('no layout that the peers can fill: FAILED_PRECONDITION', async () => {
    const peers = new TestPeers({ Org1MSP: 'ok', Org2MSP: 'ok' }, undefined, ['Org1MSP']);
    await expect(peers.endorse(callOf())).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      message: /no peer combination can satisfy the endorsement policy$/,
    });
  });

  test('a bug of the simulation is no refusal: it is thrown on', async () => {
    const bug = new TypeError('bug');
    const peers = new TestPeers({ Org1MSP: bug, Org2MSP: 'ok' });
    await expect(peers.endorse(callOf())).rejects.toBe(bug);
  });
});

describe('evaluating', () => {
  async function evaluate(peers: TestPeers, targets: readonly string[] = []): Promise<string> {
    const response = await peers.collector.evaluate(callOf(), targets);
    return Buffer.from(response.getResponse()?.getPayload_asU8() ?? '').toString();
  }

  test('one peer answers, the own one before others, or the one that is asked for', async () => {
    const peers = new TestPeers({ Org1MSP: 'one', Org2MSP: 'two' });
    expect(await evaluate(peers)).toBe('one');
    expect(await evaluate(peers, ['Org2MSP'])).toBe('two');
    expect(peers.asked).toEqual(['Org1MSP', 'Org2MSP']);
  });

  test('a peer that is down: the next one answers', async () => {
    const peers = new TestPeers({ Org1MSP: down, Org2MSP: 'two' });
    expect(await evaluate(peers)).toBe('two');
  });

  test('a chaincode that refuses: its answer is final', async () => {
    const peers = new TestPeers({ Org1MSP: errorResponse('no'), Org2MSP: 'two' });
    await expect(evaluate(peers)).rejects.toMatchObject({
      code: status.UNKNOWN,
      message: 'evaluate call to endorser returned error: chaincode response 500, no',
    });
    expect(peers.asked).toEqual(['Org1MSP']);
  });

  test('nobody has the chaincode, or another channel: refused', async () => {
    const peers = new TestPeers({ Org1MSP: 'one', Org2MSP: 'two' }, undefined, []);
    await expect(evaluate(peers)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    const other = peers.collector.evaluate(callOf(false, 'other'), []);
    await expect(other).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});

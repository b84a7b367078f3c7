import { createHash, randomBytes } from 'node:crypto';

import { common, orderer } from '@hyperledger/fabric-protos';
import { beforeAll, describe, expect, test } from 'vitest';

import { CertificateAuthority } from '../crypto-material/certificate-authority.ts';
import { SigningIdentity } from '../membership/signing-identity.ts';
import { ChannelConfiguration, ConfigurationError } from './channel-configuration.ts';
import { buildGenesisBlock, type GenesisSpecification } from './genesis-block.ts';

const context = { now: () => new Date('2026-11-23T12:00:00Z'), randomBytes };
const MSP_IDS = ['Org1MSP', 'Org2MSP', 'Org3MSP'];

const authorities = new Map<string, CertificateAuthority>();
let specification: GenesisSpecification;
let block: common.Block;

beforeAll(async () => {
  for (const mspId of [...MSP_IDS, 'OrdererMSP']) {
    authorities.set(mspId, await CertificateAuthority.create(`ca.${mspId}`, mspId, context));
  }
  specification = {
    channelId: 'passport',
    peerOrganisations: MSP_IDS.map((mspId) => ({
      ...organisation(mspId),
      anchorPeers: mspId === 'Org1MSP' ? [{ host: 'localhost', port: 7051 }] : [],
    })),
    ordererOrganisation: {
      ...organisation('OrdererMSP'),
      consenters: [{ host: 'localhost', port: 7050, tlsCertificate: 'a certificate' }],
    },
    batchTimeoutMs: 1_500,
    batchSize: { maxMessageCount: 10, absoluteMaxBytes: 1_000_000, preferredMaxBytes: 500_000 },
    createdAt: new Date('2026-11-23T12:34:56.789Z'),
  };
  block = buildGenesisBlock(specification);
});

function organisation(mspId: string): {
  mspId: string;
  caCertificate: string;
  tlsCaCertificate: string;
} {
  const { certificate } = authority(mspId).certifiedKey;
  return { mspId, caCertificate: certificate, tlsCaCertificate: certificate };
}

function authority(mspId: string): CertificateAuthority {
  const found = authorities.get(mspId);
  if (found === undefined) throw new Error(`no authority of ${mspId}`);
  return found;
}

async function signer(
  mspId: string,
  role: 'client' | 'peer' | 'admin' | 'orderer',
): Promise<SigningIdentity> {
  const claims = { commonName: role, organisationalUnit: role };
  const { certificate, privateKey } = await authority(mspId).certifyIdentity(claims);
  return new SigningIdentity(mspId, certificate, privateKey);
}

describe('a genesis block', () => {
  test('is the same bytes for the same arguments, and others for another channel', () => {
    expect(buildGenesisBlock(specification).serializeBinary()).toEqual(block.serializeBinary());
    const other = buildGenesisBlock({ ...specification, channelId: 'another' });
    expect(other.getHeader()?.getDataHash_asU8()).not.toEqual(
      block.getHeader()?.getDataHash_asU8(),
    );
  });

  test('has number 0, no previous hash, and the hash of its data', () => {
    const [envelope = new Uint8Array()] = block.getData()?.getDataList_asU8() ?? [];
    const header = block.getHeader();
    expect(header?.getNumber()).toBe(0);
    expect(header?.getPreviousHash_asU8()).toHaveLength(0);
    expect(Buffer.from(header?.getDataHash_asU8() ?? [])).toEqual(
      createHash('sha256').update(envelope).digest(),
    );
  });

  test('has five slots of metadata, and says where the last configuration is', () => {
    const slots = block.getMetadata()?.getMetadataList_asU8() ?? [];
    // Number 0 is encoded as nothing, so the slot of the last configuration is empty too.
    expect(slots.map(({ length }) => length)).toEqual([4, 0, 0, 0, 0]);
    const signatures = common.Metadata.deserializeBinary(slots[0] ?? new Uint8Array());
    const metadata = common.OrdererBlockMetadata.deserializeBinary(signatures.getValue_asU8());
    expect(metadata.getLastConfig()?.getIndex()).toBe(0);
  });

  test('has a header of a configuration, made when it says', () => {
    const header = channelHeader(block);
    expect(header.getType()).toBe(common.HeaderType.CONFIG);
    expect(header.getVersion()).toBe(1);
    expect(header.getTimestamp()?.toDate()).toEqual(new Date('2026-11-23T12:34:56Z'));
    expect(header.getTxId()).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the configuration of a genesis block', () => {
  test('reads back as it was specified', () => {
    const configuration = ChannelConfiguration.fromBlock(block);
    expect(configuration).toMatchObject({
      channelId: 'passport',
      sequence: 0,
      batchTimeoutMs: 1_500,
      batchSize: specification.batchSize,
      consensusType: 'etcdraft',
      capabilities: { channel: ['V2_0'], orderer: ['V2_0'], application: ['V2_5'] },
      ordererAddresses: ['localhost:7050'],
      ordererMspIds: ['OrdererMSP'],
    });
    expect(configuration.acls.size).toBe(0);
    expect(configuration.msps.mspIds).toEqual([...MSP_IDS, 'OrdererMSP']);
    expect(configuration.peerOrganisations).toEqual(
      MSP_IDS.map((mspId) => ({
        name: mspId,
        mspId,
        tlsRootCertificates: [authority(mspId).certifiedKey.certificate],
        anchorPeers: mspId === 'Org1MSP' ? [{ host: 'localhost', port: 7051 }] : [],
      })),
    );
  });

  test.each([
    ['/Channel/Application/Readers', 'Org1MSP', 'peer', true],
    ['/Channel/Application/Readers', 'Org1MSP', 'client', true],
    ['/Channel/Application/Readers', 'OrdererMSP', 'orderer', false],
    ['/Channel/Application/Writers', 'Org2MSP', 'client', true],
    ['/Channel/Application/Writers', 'Org2MSP', 'admin', true],
    ['/Channel/Application/Writers', 'Org2MSP', 'peer', false],
    ['/Channel/Application/Org1MSP/Admins', 'Org1MSP', 'admin', true],
    ['/Channel/Application/Org1MSP/Admins', 'Org2MSP', 'admin', false],
    ['/Channel/Application/Admins', 'Org1MSP', 'admin', false],
    ['/Channel/Application/Org3MSP/Endorsement', 'Org3MSP', 'peer', true],
    ['/Channel/Application/Org3MSP/Endorsement', 'Org3MSP', 'client', false],
    ['/Channel/Orderer/BlockValidation', 'OrdererMSP', 'orderer', true],
    ['/Channel/Orderer/BlockValidation', 'Org1MSP', 'peer', false],
    ['/Channel/Writers', 'OrdererMSP', 'orderer', true],
  ] as const)('%s lets %s’s %s pass: %s', async (path, mspId, role, passes) => {
    const { msps, policies } = ChannelConfiguration.fromBlock(block);
    const identity = msps.deserializeIdentity((await signer(mspId, role)).serialized);
    expect(policies.policy(path)?.dissatisfaction([identity]) === undefined).toBe(passes);
  });

  test('asks two peers of three organisations for an endorsement', async () => {
    const { msps, policies } = ChannelConfiguration.fromBlock(block);
    const peers = await Promise.all(
      MSP_IDS.map(async (mspId) =>
        msps.deserializeIdentity((await signer(mspId, 'peer')).serialized),
      ),
    );
    for (const name of ['Endorsement', 'LifecycleEndorsement']) {
      const policy = policies.policy(`/Channel/Application/${name}`);
      expect(policy?.dissatisfaction(peers.slice(0, 2))).toBeUndefined();
      expect(policy?.dissatisfaction(peers.slice(0, 1))).toContain(
        "requires 2 of the 'Endorsement'",
      );
    }
  });
});

describe('a block that holds no usable configuration', () => {
  test.each([
    ['has no data', () => new common.Block(), 'a configuration block without data'],
    ['is of another type', () => changed({ type: 3 }), 'not a configuration block'],
    ['holds no envelope', () => holding(Buffer.from([0xff])), 'cannot read the configuration'],
    ['holds an empty envelope', () => holding(new Uint8Array()), 'envelope header cannot be nil'],
    ['lacks the orderers', () => changed({ drop: 'Orderer' }), 'has no group Orderer'],
    ['has a broken timeout', () => changed({ timeout: 'soon' }), 'invalid duration "soon"'],
  ])('because it %s is refused', (_name, make, text) => {
    const read = (): unknown => ChannelConfiguration.fromBlock(make());
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(text);
  });
});

function holding(envelope: Uint8Array): common.Block {
  const data = new common.BlockData();
  data.setDataList([envelope]);
  const holder = new common.Block();
  holder.setData(data);
  return holder;
}

function channelHeader(of: common.Block): common.ChannelHeader {
  const header = payloadOf(of).getHeader();
  return common.ChannelHeader.deserializeBinary(
    header?.getChannelHeader_asU8() ?? new Uint8Array(),
  );
}

function payloadOf(of: common.Block): common.Payload {
  const [bytes = new Uint8Array()] = of.getData()?.getDataList_asU8() ?? [];
  return common.Payload.deserializeBinary(
    common.Envelope.deserializeBinary(bytes).getPayload_asU8(),
  );
}

/** The block with one thing in it changed. */
function changed(change: { type?: number; drop?: string; timeout?: string }): common.Block {
  const payload = payloadOf(block);
  const header = channelHeader(block);
  if (change.type === 3) header.setType(common.HeaderType.ENDORSER_TRANSACTION);
  payload.getHeader()?.setChannelHeader(header.serializeBinary());
  const configuration = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8());
  const groups = configuration.getConfig()?.getChannelGroup()?.getGroupsMap();
  if (change.drop !== undefined) groups?.del(change.drop);
  if (change.timeout !== undefined) {
    const timeout = new orderer.BatchTimeout();
    timeout.setTimeout(change.timeout);
    groups?.get('Orderer')?.getValuesMap().get('BatchTimeout')?.setValue(timeout.serializeBinary());
  }
  payload.setData(configuration.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return holding(envelope.serializeBinary());
}

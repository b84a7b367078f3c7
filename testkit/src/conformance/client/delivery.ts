import { randomBytes } from 'node:crypto';

import { common, orderer, type peer } from '@hyperledger/fabric-protos';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { serialize, sign, type TestIdentity } from './identity.ts';
import type { Member } from './member.ts';

/** A place on the chain; a number is that of a block. */
export type Position = 'oldest' | 'newest' | 'next' | number;

/** What to ask the Deliver service for, and how; what is left out is as it should be. */
export type SeekRequest = {
  readonly start?: Position | undefined;
  readonly stop?: Position | undefined;
  readonly failIfNotReady?: boolean;
  readonly channel?: string;
  readonly identity?: TestIdentity;
  readonly signature?: Uint8Array;
  /** Null leaves it out. */
  readonly timestamp?: Date | null;
  readonly headerType?: number;
  /** Bytes in place of the message that belongs there. */
  readonly instead?: {
    readonly payload?: Uint8Array;
    readonly channelHeader?: Uint8Array;
    readonly signatureHeader?: Uint8Array;
    readonly seekInfo?: Uint8Array;
  };
};

/** Numbers of the blocks that came, then the name of the status that ended the request. */
export type Delivered = { readonly blocks: readonly number[]; readonly status: string };

type DeliverStream = ReturnType<peer.DeliverClient['deliver']>;

/** Asks for whole or filtered blocks and collects them until a status comes. */
export async function deliver<Block extends common.Block | peer.FilteredBlock>(
  stream: DeliverStream,
  envelope: common.Envelope,
  blockOf: (response: peer.DeliverResponse) => Block | undefined,
): Promise<{ readonly blocks: readonly Block[]; readonly status: string }> {
  const blocks: Block[] = [];
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('end', () => reject(new Error('the stream ended without a status')));
    stream.on('data', (response: peer.DeliverResponse) => {
      const block = blockOf(response);
      if (block !== undefined) {
        blocks.push(block);
        return;
      }
      resolve({ blocks, status: statusName(response.getStatus()) });
      stream.end();
    });
    stream.write(envelope);
  });
}

/** Asks for whole blocks by their numbers. */
export async function deliverNumbers(member: Member, request: SeekRequest): Promise<Delivered> {
  const envelope = await seekEnvelope(member, request);
  const { blocks, status } = await deliver(member.rawDeliver.deliver(), envelope, (response) =>
    response.getBlock(),
  );
  return { blocks: blocks.map((block) => block.getHeader()?.getNumber() ?? -1), status };
}

/** Name of a common.Status. */
export function statusName(status: number): string {
  const names = Object.entries(common.Status);
  return names.find(([, value]) => value === status)?.[0] ?? String(status);
}

/** The signed request. */
export async function seekEnvelope(member: Member, request: SeekRequest): Promise<common.Envelope> {
  const { instead, identity = member.identity } = request;
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(request.headerType ?? common.HeaderType.DELIVER_SEEK_INFO);
  channelHeader.setChannelId(request.channel ?? member.channel);
  const time = request.timestamp === undefined ? new Date() : request.timestamp;
  if (time !== null) channelHeader.setTimestamp(timestamp.Timestamp.fromDate(time));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(serialize(identity));
  signatureHeader.setNonce(randomBytes(24));
  const header = new common.Header();
  header.setChannelHeader(instead?.channelHeader ?? channelHeader.serializeBinary());
  header.setSignatureHeader(instead?.signatureHeader ?? signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(instead?.seekInfo ?? seekInfo(request).serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(instead?.payload ?? payload.serializeBinary());
  envelope.setSignature(request.signature ?? (await sign(identity, envelope.getPayload_asU8())));
  return envelope;
}

function seekInfo({ start, stop, failIfNotReady }: SeekRequest): orderer.SeekInfo {
  const info = new orderer.SeekInfo();
  if (start !== undefined) info.setStart(seekPosition(start));
  if (stop !== undefined) info.setStop(seekPosition(stop));
  const { BLOCK_UNTIL_READY, FAIL_IF_NOT_READY } = orderer.SeekInfo.SeekBehavior;
  info.setBehavior(failIfNotReady === true ? FAIL_IF_NOT_READY : BLOCK_UNTIL_READY);
  return info;
}

function seekPosition(position: Position): orderer.SeekPosition {
  const result = new orderer.SeekPosition();
  if (position === 'oldest') result.setOldest(new orderer.SeekOldest());
  else if (position === 'newest') result.setNewest(new orderer.SeekNewest());
  else if (position === 'next') result.setNextCommit(new orderer.SeekNextCommit());
  else {
    const specified = new orderer.SeekSpecified();
    specified.setNumber(position);
    result.setSpecified(specified);
  }
  return result;
}

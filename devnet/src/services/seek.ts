import { common, orderer } from '@hyperledger/fabric-protos';

import type { SignedData } from '../membership/policy.ts';

type Status = common.StatusMap[keyof common.StatusMap];

/** A request for blocks that ends with a status at once. */
export class SeekRefused extends Error {
  readonly status: Status;

  constructor(status: Status, message: string) {
    super(message);
    this.name = 'SeekRefused';
    this.status = status;
  }
}

/** Which blocks to deliver. Without a last one the stream goes on for ever. */
export type Seek = {
  readonly first: number;
  readonly last: number | undefined;
  readonly failIfNotReady: boolean;
};

/** A request for blocks, read but not yet authorized. */
export type SeekRequest = {
  readonly channelId: string;
  readonly signedData: SignedData;
  /** The blocks asked for, given the number of blocks there are. Throws {@link SeekRefused}. */
  readonly seek: (height: number) => Seek;
};

const { BAD_REQUEST, NOT_FOUND } = common.Status;

/**
 * Reads the envelope of a Deliver request. Throws {@link SeekRefused}.
 * Source: Fabric, common/deliver/deliver.go.
 */
export function readSeek(envelope: common.Envelope, now: Date, timeWindowMs: number): SeekRequest {
  try {
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const header = payload.getHeader();
    if (header === undefined) throw new Error('envelope has no header');
    const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    const signatureHeader = common.SignatureHeader.deserializeBinary(
      header.getSignatureHeader_asU8(),
    );
    checkTimestamp(channelHeader, now, timeWindowMs);
    const info = orderer.SeekInfo.deserializeBinary(payload.getData_asU8());
    return {
      channelId: channelHeader.getChannelId(),
      signedData: {
        data: envelope.getPayload_asU8(),
        identity: signatureHeader.getCreator_asU8(),
        signature: envelope.getSignature_asU8(),
      },
      seek: (height) => resolveSeek(info, height),
    };
  } catch (error) {
    throw new SeekRefused(BAD_REQUEST, error instanceof Error ? error.message : String(error));
  }
}

function resolveSeek(info: orderer.SeekInfo, height: number): Seek {
  const start = info.getStart();
  const stop = info.getStop();
  if (start === undefined || stop === undefined) {
    throw new SeekRefused(BAD_REQUEST, 'start or stop is missing');
  }
  const first = firstBlock(start, height);
  const last = lastBlock(start, stop, first, height);
  if (last !== undefined && last < first) {
    throw new SeekRefused(BAD_REQUEST, `start number ${first} greater than stop number ${last}`);
  }
  const failIfNotReady = info.getBehavior() === orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY;
  return { first, last, failIfNotReady };
}

function firstBlock(start: orderer.SeekPosition, height: number): number {
  if (start.hasOldest()) return 0;
  if (start.hasNewest()) return height - 1;
  if (start.hasNextCommit()) return height;
  const specified = start.getSpecified()?.getNumber();
  if (specified === undefined) throw new SeekRefused(NOT_FOUND, 'no start position');
  if (specified > height) {
    throw new SeekRefused(NOT_FOUND, `block ${specified} is after the next one, ${height}`);
  }
  return specified;
}

function lastBlock(
  start: orderer.SeekPosition,
  stop: orderer.SeekPosition,
  first: number,
  height: number,
): number | undefined {
  if (stop.hasOldest()) return first;
  if (stop.hasNewest()) return start.hasNewest() ? first : height - 1;
  // Fabric leaves the stop at zero for other kinds, which no block after the first ever equals.
  return stop.getSpecified()?.getNumber() ?? (first === 0 ? 0 : undefined);
}

function checkTimestamp(header: common.ChannelHeader, now: Date, timeWindowMs: number): void {
  const timestamp = header.getTimestamp();
  if (timestamp === undefined) throw new Error('channel header must contain a timestamp');
  const apartMs = Math.abs(timestamp.toDate().getTime() - now.getTime());
  // A timestamp beyond the dates of JavaScript is not a number of milliseconds apart.
  if (!(apartMs <= timeWindowMs)) {
    throw new Error(`envelope timestamp is ${apartMs} ms apart from the current server time`);
  }
}

import { common } from '@hyperledger/fabric-protos';

/** The orderer cannot read an envelope; the message is Fabric's, and answers BAD_REQUEST. */
export class UnreadableEnvelope extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableEnvelope';
  }
}

/** What Go's protobuf says of bytes that are no message. */
const NOT_A_MESSAGE = 'proto: cannot parse invalid wire-format data';

/** The channel header of an envelope, and the bytes of its signature header. */
export type BroadcastHeaders = {
  readonly channelHeader: common.ChannelHeader;
  readonly signatureHeader: Uint8Array;
};

/**
 * Reads what decides where an envelope goes. Throws {@link UnreadableEnvelope}.
 * Source of the texts: Fabric, protoutil/commonutils.go (ChannelHeader) and
 * orderer/common/multichannel/registrar.go.
 */
export function readBroadcastHeaders(envelope: common.Envelope): BroadcastHeaders {
  const payload = attempt('error unmarshalling Payload', () =>
    common.Payload.deserializeBinary(envelope.getPayload_asU8()),
  );
  const header = payload.getHeader();
  if (header === undefined) throw unroutable('header not set');
  const bytes = header.getChannelHeader_asU8();
  if (bytes.length === 0) throw unroutable('channel header not set');
  const channelHeader = attempt(
    'error unmarshalling channel header: error unmarshalling ChannelHeader',
    () => common.ChannelHeader.deserializeBinary(bytes),
  );
  return { channelHeader, signatureHeader: header.getSignatureHeader_asU8() };
}

/** The creator of an envelope. Throws {@link UnreadableEnvelope}. */
export function readCreator(headers: BroadcastHeaders): Uint8Array {
  try {
    return common.SignatureHeader.deserializeBinary(headers.signatureHeader).getCreator_asU8();
  } catch {
    throw new UnreadableEnvelope(
      'could not convert message to signedData: GetSignatureHeaderFromBytes failed, err ' +
        `error unmarshalling SignatureHeader: ${NOT_A_MESSAGE}`,
    );
  }
}

function attempt<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw unroutable(`${what}: ${NOT_A_MESSAGE}`);
  }
}

function unroutable(reason: string): UnreadableEnvelope {
  return new UnreadableEnvelope(`could not determine channel ID: ${reason}`);
}

import { common, orderer } from '@hyperledger/fabric-protos';
import timestampProto from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { describe, expect, test } from 'vitest';

import { readSeek, SeekRefused } from './seek.ts';

const NOW = new Date('2026-05-01T00:00:00Z');
const WINDOW_MS = 60_000;
const HEIGHT = 10;
const { BAD_REQUEST, NOT_FOUND } = common.Status;

type Position = 'oldest' | 'newest' | 'next' | number | undefined;

function position(of: Position): orderer.SeekPosition | undefined {
  if (of === undefined) return undefined;
  const wanted = new orderer.SeekPosition();
  if (of === 'oldest') wanted.setOldest(new orderer.SeekOldest());
  else if (of === 'newest') wanted.setNewest(new orderer.SeekNewest());
  else if (of === 'next') wanted.setNextCommit(new orderer.SeekNextCommit());
  else {
    const specified = new orderer.SeekSpecified();
    specified.setNumber(of);
    wanted.setSpecified(specified);
  }
  return wanted;
}

function envelope(
  start: Position,
  stop: Position,
  seconds = NOW.getTime() / 1_000,
): common.Envelope {
  const info = new orderer.SeekInfo();
  info.setStart(position(start));
  info.setStop(position(stop));
  const channelHeader = new common.ChannelHeader();
  channelHeader.setChannelId('passport');
  const timestamp = new timestampProto.Timestamp();
  timestamp.setSeconds(seconds);
  channelHeader.setTimestamp(timestamp);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(info.serializeBinary());
  const wrapped = new common.Envelope();
  wrapped.setPayload(payload.serializeBinary());
  return wrapped;
}

/** First and last block, or the status of the refusal. */
function resolved(start: Position, stop: Position): unknown {
  try {
    const { first, last } = readSeek(envelope(start, stop), NOW, WINDOW_MS).seek(HEIGHT);
    return [first, last];
  } catch (error) {
    if (error instanceof SeekRefused) return error.status;
    throw error;
  }
}

describe('the blocks of a seek, with ten blocks on the chain', () => {
  test.each<[start: Position, stop: Position, expected: unknown]>([
    ['oldest', 'oldest', [0, 0]],
    ['oldest', 'newest', [0, 9]],
    ['oldest', 4, [0, 4]],
    ['oldest', 50, [0, 50]],
    ['newest', 'newest', [9, 9]],
    ['newest', 50, [9, 50]],
    ['next', 50, [10, 50]],
    ['next', 'newest', BAD_REQUEST],
    [3, 3, [3, 3]],
    [3, 'newest', [3, 9]],
    [10, 10, [10, 10]],
    [11, 11, NOT_FOUND],
    [2 ** 63, 2 ** 63, NOT_FOUND],
    [5, 4, BAD_REQUEST],
    [undefined, 4, BAD_REQUEST],
    [4, undefined, BAD_REQUEST],
  ])('from %s to %s', (start, stop, expected) => {
    expect(resolved(start, stop)).toEqual(expected);
  });
});

describe('the time of a seek', () => {
  test.each([
    ['now', 0, true],
    ['a minute ago', -60, true],
    ['more than the window ago', -61, false],
    ['more than the window ahead', 61, false],
  ])('%s', (_name, apart, accepted) => {
    const read = (): unknown =>
      readSeek(envelope(0, 0, NOW.getTime() / 1_000 + apart), NOW, WINDOW_MS);
    if (accepted) expect(read).not.toThrow();
    else expect(read).toThrow('ms apart from the current server time');
  });

  test('a time that is no date is refused', () => {
    const read = (): unknown => readSeek(envelope(0, 0, 2 ** 55), NOW, WINDOW_MS);
    expect(read).toThrow(SeekRefused);
  });

  test('bytes that are no message are refused', () => {
    const nonsense = new common.Envelope();
    nonsense.setPayload(Uint8Array.of(0xff, 0xff));
    expect(() => readSeek(nonsense, NOW, WINDOW_MS)).toThrow(SeekRefused);
    expect(() => readSeek(new common.Envelope(), NOW, WINDOW_MS)).toThrow('no header');
  });
});

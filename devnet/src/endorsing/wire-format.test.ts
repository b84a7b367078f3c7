import { common } from '@hyperledger/fabric-protos';
import { expect, test } from 'vitest';

import { isWireFormat } from './wire-format.ts';

test('a message is in wire format, an empty one too', () => {
  const header = new common.ChannelHeader();
  header.setChannelId('passport');
  header.setEpoch(7);
  expect(isWireFormat(header.serializeBinary())).toBe(true);
  expect(isWireFormat(new Uint8Array(0))).toBe(true);
});

test.each([
  ['an end of a group that never began', 'policy'],
  ['a length beyond the end', '\u000a\u0009short'],
  ['a tag without a value', '\u0008'],
])('%s is not in wire format', (_what, text) => {
  expect(isWireFormat(Buffer.from(text))).toBe(false);
});

import { ledger } from '@hyperledger/fabric-protos';
import { expect, test } from 'vitest';

import { RangeReads } from './range-reads.ts';
import { ReadWriteSetBuilder } from './read-write-set-builder.ts';

/** What Fabric 2.5.16's own builder made of the operations of the first test. */
const madeByFabric =
  '12120a054f7468657212090a070a016b1202080112330a0a5f6c6966656379636c6512250a230a1d6e616d6573' +
  '70616365732f6669656c64732f63632f53657175656e63651202080512aa020a02636312a3020a110a07006361' +
  '72007800120608ac021081010a0d0a090063617200ee80800012000a0c0a0a0063617200f09f98800012380a01' +
  '6112017a1801222e0a0c0a086b6579303030303012000a0e0a086b65793030303031120210010a0e0a086b6579' +
  '30303030321202100212570a016112086b657930303039392a48083210011a2040e2a959e51bd8d5096a5d788b' +
  'c62c4d7897f5f356c1cee15c3d6898db0b2e841a202edb202cdd15b678aad5f346041edeb9050d8b830c873d3c' +
  '9b8faf866882cacd120218011a050a016110011a050a016210011a0a0a017a1a056c61746572221b0a016c1216' +
  '0a1456414c49444154494f4e5f504152414d4554455222230a016d121e0a1456414c49444154494f4e5f504152' +
  '414d455445521206706f6c696379';

function rangeQuery(
  startKey: string,
  endKey: string,
  exhausted: boolean,
  results: number,
): ledger.rwset.kvrwset.RangeQueryInfo {
  const info = new ledger.rwset.kvrwset.RangeQueryInfo();
  info.setStartKey(startKey);
  info.setEndKey(endKey);
  info.setItrExhausted(exhausted);
  const reads = new RangeReads();
  for (let i = 0; i < results; i++) {
    reads.add(`key${String(i).padStart(5, '0')}`, { block: Math.floor(i / 7), tx: i % 7 });
  }
  reads.recordIn(info);
  return info;
}

test('ReadWriteSetBuilder makes the bytes that Fabric makes of the same operations', () => {
  const builder = new ReadWriteSetBuilder();
  builder.addRead('cc', '\0car\0x\0', { block: 300, tx: 129 });
  builder.addRead('cc', '\0car\0\u{1f600}\0', undefined);
  builder.addRead('cc', '\0car\0\u{e000}\0', { block: 0, tx: 0 });
  builder.addRead('cc', '\0car\0x\0', { block: 300, tx: 129 });
  builder.addWrite('cc', 'z', Buffer.from('last'));
  builder.addWrite('cc', 'a', new Uint8Array(0));
  builder.addWrite('cc', 'b', new Uint8Array(0));
  builder.addWrite('cc', 'z', Buffer.from('later'));
  builder.addMetadataWrite('cc', 'm', new Map([['VALIDATION_PARAMETER', Buffer.from('policy')]]));
  builder.addMetadataWrite('cc', 'l', new Map([['VALIDATION_PARAMETER', new Uint8Array(0)]]));
  builder.addRead('_lifecycle', 'namespaces/fields/cc/Sequence', { block: 5, tx: 0 });
  builder.addRead('Other', 'k', { block: 1, tx: 0 });
  builder.addRangeQuery('cc', rangeQuery('a', 'z', true, 3));
  builder.addRangeQuery('cc', rangeQuery('a', 'key00099', false, 100));
  builder.addRangeQuery('cc', rangeQuery('a', 'z', true, 3));
  builder.addRangeQuery('cc', rangeQuery('', '', true, 0));
  expect(Buffer.from(builder.build()).toString('hex')).toBe(madeByFabric);
});

test('ReadWriteSetBuilder, with nothing read or written, makes an empty set', () => {
  expect(new ReadWriteSetBuilder().build()).toHaveLength(0);
});

import { describe, expect, test } from 'vitest';

import { completeChaincodes, parseChaincode } from './chaincode-options.ts';

describe('parseChaincode', () => {
  test('a name and an address get the default version and policy', () => {
    expect(parseChaincode('probe=127.0.0.1:9999')).toEqual({
      name: 'probe',
      version: '1.0',
      address: '127.0.0.1:9999',
      policy: 'MAJORITY',
    });
  });

  test('a version stands after an @', () => {
    expect(parseChaincode('probe@2.1=host:1')).toMatchObject({ name: 'probe', version: '2.1' });
  });

  test.each([
    'probe',
    'probe=',
    '=h:1',
    'pro be=h:1',
    '-a=h:1',
    'a@=h:1',
    'a@1/2=h:1',
    'a=h',
    'a=h:0',
  ])('"%s" is refused', (text) => {
    expect(() => parseChaincode(text)).toThrow(/--chaincode wants/);
  });

  test('a port above 65535 is refused', () => {
    expect(() => parseChaincode('a=h:65536')).toThrow(/--chaincode wants/);
  });
});

describe('completeChaincodes', () => {
  const two = [parseChaincode('a=h:1'), parseChaincode('b=h:2')];

  test('a value without a name is for all, one with a name for its chaincode', () => {
    const policies = ["OR('MakerMSP.peer')", 'b=/Channel/Application/Writers'];
    const [a, b] = completeChaincodes(two, policies, ['X=1 node server.ts', 'a=node a.ts']);
    expect(a).toMatchObject({ policy: "OR('MakerMSP.peer')", command: 'node a.ts' });
    expect(b).toMatchObject({
      policy: '/Channel/Application/Writers',
      command: 'X=1 node server.ts',
    });
  });

  test('without values nothing changes', () => {
    expect(completeChaincodes(two, [], [])).toEqual(two);
  });

  test('a name given twice is refused', () => {
    expect(() => completeChaincodes([...two, ...two], [], [])).toThrow(/once/);
  });
});

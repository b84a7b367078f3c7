import { contracts } from '@passport/model';
import { describe, expect, test } from 'vitest';

import { contractClasses } from '../contracts.ts';
import { CanonicalSerializer } from './canonical-serializer.ts';
import { createChaincode } from './chaincode-server.ts';
import { metadata } from './metadata.ts';
import { EnvironmentError, readServerEnvironment } from './server-environment.ts';

const now = (): Date => new Date('2026-11-23T10:00:00Z');

describe('the chaincode', () => {
  test('serves every function of every contract', () => {
    const served = contractClasses({ now }).map((contractClass) => {
      const contract = new contractClass();
      const names = Object.getOwnPropertyNames(Object.getPrototypeOf(contract));
      return [contract.getName(), names.filter((name) => name !== 'constructor')];
    });
    const named = Object.entries(contracts).map(([name, functions]) => [
      name,
      Object.keys(functions),
    ]);
    expect(served).toEqual(named);
  });

  test('describes what it serves, each function with its one argument', () => {
    const { contracts: described } = metadata();
    expect(Object.keys(described)).toEqual([...Object.keys(contracts), 'org.hyperledger.fabric']);
    const record = described['Passport']?.transactions.find(({ name }) => name === 'recordEvents');
    expect(record).toMatchObject({ tags: ['submitTx'], parameters: [{ name: 'request' }] });
    const read = described['Passport']?.transactions.find(({ name }) => name === 'readLogBook');
    expect(read).toMatchObject({ tags: ['evaluateTx'] });
  });

  test('is made twice without one seeing the other', () => {
    expect(createChaincode({ now })).not.toBe(createChaincode({ now }));
  });
});

describe('CanonicalSerializer', () => {
  test('answers an object as canonical JSON', () => {
    const bytes = new CanonicalSerializer().toBuffer({ b: 1, a: { d: [true], c: null } }, {});
    expect(bytes.toString()).toBe('{"a":{"c":null,"d":[true]},"b":1}');
  });

  test('answers a text as it is', () => {
    expect(new CanonicalSerializer().toBuffer('{"a":1}', {}).toString()).toBe('{"a":1}');
  });
});

describe('readServerEnvironment', () => {
  test('reads address and package id', () => {
    const variables = { CHAINCODE_SERVER_ADDRESS: '127.0.0.1:9999', CHAINCODE_ID: 'passport' };
    expect(readServerEnvironment(variables)).toEqual({
      address: '127.0.0.1:9999',
      packageId: 'passport',
    });
  });

  test.each([
    [{ CHAINCODE_ID: 'passport' }],
    [{ CHAINCODE_SERVER_ADDRESS: '127.0.0.1', CHAINCODE_ID: 'passport' }],
    [{ CHAINCODE_SERVER_ADDRESS: '127.0.0.1:9999', CHAINCODE_ID: '' }],
  ])('%j is refused', (variables) => {
    expect(() => readServerEnvironment(variables)).toThrow(EnvironmentError);
  });
});

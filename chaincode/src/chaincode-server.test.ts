import { Contract } from 'fabric-contract-api';
import { describe, expect, test } from 'vitest';

import { CanonicalSerializer } from './canonical-serializer.ts';
import { createChaincode } from './chaincode-server.ts';
import { metadata } from './metadata.ts';
import { PassportContract } from './passport-contract.ts';
import { EnvironmentError, readServerEnvironment } from './server-environment.ts';

describe('metadata', () => {
  test('names the transactions of the contract and as many parameters as each takes', () => {
    const contract = PassportContract.prototype;
    const methods = Object.getOwnPropertyNames(contract).filter((name) => name !== 'constructor');
    const taken = methods.map((name) => {
      const method: unknown = Reflect.get(contract, name);
      return [name, typeof method === 'function' ? method.length - 1 : undefined];
    });
    const named = metadata.contracts.Passport.transactions.map((t) => [
      t.name,
      t.parameters.length,
    ]);
    expect(named).toEqual(taken);
  });

  test('a chaincode is made of it twice without one seeing the other', () => {
    const before = structuredClone(metadata);
    expect(createChaincode()).not.toBe(createChaincode());
    expect(metadata).toEqual(before);
    expect(new PassportContract()).toBeInstanceOf(Contract);
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

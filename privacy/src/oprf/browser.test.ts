import { randomBytes } from 'node:crypto';

import { parseVin } from '@passport/model';
import { expect, test } from 'vitest';

import * as browser from './browser.ts';
import { blindVin, OprfEvaluator, oprfKeyIdOf, tagsOf } from './index.ts';

const evaluator = new OprfEvaluator(
  Buffer.from('ca5d94c8807817669a51b196c34c1b7f8442fde4334a7121ae4736364312fca6', 'hex'),
  randomBytes,
);
const vin = parseVin('ZZ9AAAAA0AAAAAAAA');

test('a VIN has the same tag from a browser as from a server', () => {
  const tags = [browser, { blindVin, tagsOf }].map((client) => {
    const blinded = client.blindVin(vin, randomBytes);
    const answer = evaluator.evaluate([blinded.blinded]);
    return client.tagsOf([blinded], answer, evaluator.publicKey);
  });
  expect(tags[0]).toEqual(tags[1]);
  expect(tags[0]?.[0]).toContain(oprfKeyIdOf(evaluator.publicKey));
});

test('an answer by another key, or too few of them, is refused', () => {
  const blinded = browser.blindVin(vin, randomBytes);
  const answer = evaluator.evaluate([blinded.blinded]);
  const other = new OprfEvaluator(Buffer.alloc(32, 7), randomBytes);
  const refused: unknown = expect.objectContaining({ code: 'OPRF_PROOF_INVALID' });
  expect(() => browser.tagsOf([blinded], answer, other.publicKey)).toThrow(refused);
  const none = { ...answer, evaluated: [] };
  expect(() => browser.tagsOf([blinded], none, evaluator.publicKey)).toThrow(refused);
});

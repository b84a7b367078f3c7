import { parseKeyId, parseSourceId } from '@passport/model';
import { expect, test } from 'vitest';

import { type Enrolment, takeEnrolment } from './enrolments.ts';

const one: Enrolment = {
  ...{ code: 'garage-0123456789', name: 'Garage', source: parseSourceId('GarageMSP/p-1') },
  ...{ kind: 'workshop', methods: ['professional'], roles: ['garage'], keyId: null },
};
const [mine, other] = [parseKeyId('A'.repeat(43)), parseKeyId('E'.repeat(43))];
const refused: unknown = expect.objectContaining({ code: 'CALLER_UNKNOWN' });

test('a code is for the first key that comes with it, which may come again', () => {
  const { all, taken } = takeEnrolment([one], one.code, mine);
  expect(taken).toEqual({ ...one, keyId: mine });
  expect(takeEnrolment(all, one.code, mine).taken).toEqual(taken);
  expect(() => takeEnrolment(all, one.code, other)).toThrow(refused);
});

test('a code that nobody gave is refused', () => {
  expect(() => takeEnrolment([one], 'garage-9999999999', mine)).toThrow(refused);
});

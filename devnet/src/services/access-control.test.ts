import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';

import { MembershipError } from '../membership/membership-error.ts';
import { AccessControl } from './access-control.ts';

const SIGNED = {
  data: new Uint8Array(0),
  identity: new Uint8Array(0),
  signature: new Uint8Array(0),
};

function check(evaluate: () => void, channel = 'passport'): () => void {
  return () => new AccessControl('passport', evaluate).check('/Channel/Readers', channel, SIGNED);
}

test('who satisfies the policy may call', () => {
  expect(check(() => undefined)).not.toThrow();
});

test('who does not, or asks another channel, gets PERMISSION_DENIED with the reason', () => {
  const refuse = (): never => {
    throw new MembershipError('policy-not-satisfied', 'not a reader');
  };
  const denied = { code: status.PERMISSION_DENIED };
  expect(check(refuse)).toThrow(expect.objectContaining({ ...denied, message: 'not a reader' }));
  expect(check(() => undefined, 'other')).toThrow(expect.objectContaining(denied));
});

test('a bug in the evaluation is no denial', () => {
  const bug = new TypeError('bug');
  const evaluate = (): never => {
    throw bug;
  };
  expect(check(evaluate)).toThrow(bug);
});

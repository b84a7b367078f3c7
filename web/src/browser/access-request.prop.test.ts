import { vidOfBytes } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { accessFragment, type AccessRequest, readAccessRequest } from './access-request.ts';

const coordinate = 'A'.repeat(43);
const request: AccessRequest = {
  v: 1,
  vid: vidOfBytes(new Uint8Array(16).fill(7)),
  grantee: { mspId: 'GarageMSP' } as AccessRequest['grantee'],
  name: 'Garage Müller',
  template: 'garage-visit',
  readerKey: {
    kty: 'EC',
    crv: 'P-256',
    x: coordinate,
    y: coordinate,
  },
};

test('a request that was made into a link is read from it, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 80, unit: 'binary' }), (name) => {
      fc.pre(name.isWellFormed());
      const asked = { ...request, name };
      expect(readAccessRequest(`https://a.example/owner#${accessFragment(asked)}`)).toEqual(asked);
    }),
  );
});

test('what was cut or is another text is no request, and never an error', () => {
  const link = accessFragment(request);
  fc.assert(
    fc.property(fc.nat(link.length - 1), fc.string(), (length, text) => {
      expect(readAccessRequest(link.slice(0, length))).toBeUndefined();
      expect(readAccessRequest(`access=${text}`)).toBeUndefined();
    }),
  );
});

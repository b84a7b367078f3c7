import { createHash, createHmac, randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { attachmentOf } from './attachment.ts';

test('a commitment is proven by file and salt, and by no other file', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (content, other) => {
      const { digest, salt, commitment } = attachmentOf('invoice.pdf', content, randomBytes);
      const proof = (file: Uint8Array) =>
        createHmac('sha256', Buffer.from(salt, 'base64url'))
          .update(createHash('sha256').update(file).digest())
          .digest('base64url');
      expect(createHash('sha256').update(content).digest('base64url')).toBe(digest);
      expect(proof(content)).toBe(commitment);
      if (Buffer.compare(content, other) !== 0) expect(proof(other)).not.toBe(commitment);
      expect(attachmentOf('invoice.pdf', content, randomBytes).commitment).not.toBe(commitment);
    }),
  );
});

import { scryptAsync } from '@noble/hashes/scrypt.js';
import type { StretchPassphrase } from '@passport/ledger-client/wallet';

/** Bytes of an AES-256 key. */
const KEY_BYTES = 32;

/**
 * scrypt (RFC 7914) in JavaScript, since WebCrypto has none that takes memory. It lets the page breathe between, and
 * takes a second or two at the cost of wallets. The passphrase counts in Unicode's composed form.
 */
export const nobleScrypt: StretchPassphrase = (passphrase, salt, { N, r, p }) =>
  scryptAsync(passphrase.normalize('NFKC'), salt, {
    ...{ N, r, p, dkLen: KEY_BYTES },
    // Twice of what it takes leaves room.
    maxmem: 256 * N * r,
  });

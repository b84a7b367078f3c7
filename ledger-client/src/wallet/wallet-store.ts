/** Where a wallet lies: one text, read and replaced as a whole. A browser has another than a server. */
export type WalletStore = {
  /** Undefined where there is none yet. */
  readonly read: () => Promise<string | undefined>;
  /**
   * Puts a text in the place of what was read before (undefined: of nothing), all of it or nothing, durable once
   * it returns. Answers false, and changes nothing, where something else lies there by now: another tab, or
   * another process, has written.
   */
  readonly replace: (before: string | undefined, text: string) => Promise<boolean>;
};

/**
 * Makes 32 bytes of a passphrase, slowly on purpose: scrypt (RFC 7914). A browser has another implementation
 * than a server.
 */
export type StretchPassphrase = (
  passphrase: string,
  salt: Uint8Array,
  cost: ScryptCost,
) => Promise<Uint8Array>;

/** Parameters of scrypt (RFC 7914, section 2): it takes 128 * N * r bytes of memory. */
export type ScryptCost = { readonly N: number; readonly r: number; readonly p: number };

/**
 * The first choice of OWASP's Password Storage Cheat Sheet (2026) for scrypt: 128 MiB, some tenths of a second
 * for each guess.
 */
export const scryptCost: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

import { PassportError } from '@passport/model';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';

import { FILE_KEY_BYTES } from './wallet-file.ts';

/** The 24 words of a file key (BIP-39). */
export function wordsOf(fileKey: Uint8Array): string {
  return entropyToMnemonic(fileKey, wordlist);
}

/** The file key that words stand for, however they are spaced. Throws PassportError `RECOVERY_PHRASE_WRONG`. */
export function fileKeyOf(words: string): Uint8Array<ArrayBuffer> {
  const spelled = words.trim().toLowerCase().split(/\s+/).join(' ');
  let entropy: Uint8Array;
  try {
    entropy = mnemonicToEntropy(spelled, wordlist);
  } catch {
    // What is wrong with the words is not repeated: it might show them.
    throw new PassportError('RECOVERY_PHRASE_WRONG', 'they are no 24 words with their checksum');
  }
  if (entropy.length === FILE_KEY_BYTES) return Uint8Array.from(entropy);
  throw new PassportError('RECOVERY_PHRASE_WRONG', 'there are 24 words');
}

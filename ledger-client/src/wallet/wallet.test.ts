import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseInstant, parseKeyId, vidOfBytes } from '@passport/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { memoryWallet } from '../testing/memory-wallet.ts';
import { fileWalletStore, nodeScrypt } from './file-wallet-store.ts';
import { newVehicle } from './wallet-content.ts';
import { scryptCost } from './wallet-store.ts';
import { Wallet, type WalletOptions } from './wallet.ts';

const vid = vidOfBytes(Buffer.alloc(16, 5));
const signer = parseKeyId('A'.repeat(43));
const at = parseInstant('2026-11-28T12:00:00.000Z');

let folder: string;
let file: string;
let options: WalletOptions;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-wallet-'));
  file = join(folder, 'wallet.json');
  // A thousandth of the real cost, so that the tests are quick.
  const cost = { ...scryptCost, N: 2 ** 10 };
  options = { store: fileWalletStore(file), random: randomBytes, stretch: nodeScrypt, cost };
});
afterEach(() => rm(folder, { recursive: true }));

async function walletWithRoot(): Promise<{ wallet: Wallet; root: Uint8Array }> {
  const wallet = await Wallet.create(options, 'correct horse');
  await wallet.putVehicle(newVehicle(vid, signer));
  return { wallet, root: await wallet.rootKey(vid, 1) };
}

describe('a wallet', () => {
  test('opens with its passphrase, and with no other', async () => {
    const { wallet, root } = await walletWithRoot();
    const again = await Wallet.open(options, 'correct horse');
    expect(await again.rootKey(vid, 1)).toEqual(root);
    expect(again.content).toEqual(wallet.content);
    for (const wrong of ['', 'Correct horse', 'correct horse ']) {
      await expect(Wallet.open(options, wrong)).rejects.toThrow(/^PASSPHRASE_WRONG: /);
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['wallet.json']);
    await expect(Wallet.create(options, 'other')).rejects.toThrow(/^WALLET_INVALID: /);
  });

  test('takes a passphrase however a keyboard composes it', async () => {
    await Wallet.create(options, 'caf\u00e9');
    await expect(Wallet.open(options, 'cafe\u0301')).resolves.toBeDefined();
  });

  test('shows nothing of what is in it', async () => {
    const { root } = await walletWithRoot();
    const text = await readFile(file, 'utf8');
    for (const secret of [vid, signer, Buffer.from(root).toString('base64url'), 'correct horse']) {
      expect(text).not.toContain(secret);
    }
  });

  test('comes back by its 24 words, with another passphrase', async () => {
    const { wallet, root } = await walletWithRoot();
    const words = await wallet.recoveryPhrase('correct horse');
    expect(words.split(' ')).toHaveLength(24);
    const found = await Wallet.recover(options, ` ${words.toUpperCase()}\n`, 'a new one');
    expect(await found.rootKey(vid, 1)).toEqual(root);
    expect(await found.recoveryPhrase('a new one')).toBe(words);
    await expect(Wallet.open(options, 'correct horse')).rejects.toThrow(/^PASSPHRASE_WRONG: /);
    expect(await (await Wallet.open(options, 'a new one')).rootKey(vid, 1)).toEqual(root);
    const others = [
      words.split(' ').slice(0, 12).join(' '),
      words.replace(/^\S+/, 'passport'),
      `${'abandon '.repeat(23)}art`,
      '',
    ];
    for (const wrong of others) {
      const recovered = Wallet.recover(options, wrong, 'x');
      await expect(recovered).rejects.toThrow(/^RECOVERY_PHRASE_WRONG: [^a]*/);
    }
  });

  test('has root keys that are random, of each owner, and made once', async () => {
    const { wallet, root } = await walletWithRoot();
    expect(await wallet.rootKey(vid, 1)).toEqual(root);
    expect(await wallet.rootKey(vid, 3)).not.toEqual(root);
    await expect(wallet.rootKey(vidOfBytes(Buffer.alloc(16)), 1)).rejects.toThrow(
      /^WALLET_KEY_UNKNOWN: /,
    );
  });

  test('has nothing left of a root key that was destroyed, and makes it no more', async () => {
    const { wallet, root } = await walletWithRoot();
    const other = await wallet.rootKey(vid, 2);
    await wallet.destroyKeys(vid, 1, at);
    const again = await Wallet.open(options, 'correct horse');
    for (const each of [wallet, again]) {
      expect(JSON.stringify(each.content)).not.toContain(Buffer.from(root).toString('base64url'));
      await expect(each.rootKey(vid, 1)).rejects.toThrow(/^WALLET_KEY_UNKNOWN: /);
      expect(await each.rootKey(vid, 2)).toEqual(other);
    }
  });

  test('does changes that are asked for at once one after the other', async () => {
    const { wallet } = await walletWithRoot();
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        wallet.putVehicle(newVehicle(vidOfBytes(Buffer.alloc(16, index + 10)), signer)),
      ),
    );
    expect((await Wallet.open(options, 'correct horse')).content.vehicles).toHaveLength(9);
  });

  test('that is open twice loses no change of either, and makes one root key', async () => {
    const { wallet, root } = await walletWithRoot();
    const other = await Wallet.open(options, 'correct horse');
    await wallet.changePassphrase('correct horse', 'another');
    for (let round = 0; round < 4; round += 1) {
      for (const [index, each] of [wallet, other].entries()) {
        const made = vidOfBytes(Buffer.alloc(16, 2 * round + index + 10));
        await each.putVehicle(newVehicle(made, signer));
      }
    }
    const made = await wallet.rootKey(vid, 2);
    expect(await other.rootKey(vid, 2)).toEqual(made);
    expect(await other.rootKey(vid, 1)).toEqual(root);
    await wallet.refresh();
    expect(wallet.content).toEqual(other.content);
    const again = await Wallet.open(options, 'another');
    expect(again.content.vehicles).toHaveLength(9);
    await other.destroyKeys(vid, 2, at);
    await expect(again.changeVehicle(vid, (vehicle) => vehicle)).resolves.toBeUndefined();
    await expect(again.rootKey(vid, 2)).rejects.toThrow(/^WALLET_KEY_UNKNOWN: /);
  });

  test('gives up where others write without an end', async () => {
    const { wallet } = await walletWithRoot();
    const busy = { ...options.store, replace: () => Promise.resolve(false) };
    const other = await Wallet.openByKey({ ...options, store: busy }, wallet.fileKey);
    await expect(other.rootKey(vid, 2)).rejects.toThrow(/^WALLET_BUSY: /);
  });

  test('opens by the key of its file, which does not tell its bytes', async () => {
    const { wallet, root } = await walletWithRoot();
    const again = await Wallet.openByKey(options, wallet.fileKey);
    expect(await again.rootKey(vid, 1)).toEqual(root);
    expect(wallet.fileKey.extractable).toBe(false);
    const { wallet: stranger } = await memoryWallet();
    const opened = Wallet.openByKey(options, stranger.fileKey);
    await expect(opened).rejects.toThrow(/^WALLET_INVALID: /);
    await expect(wallet.recoveryPhrase('wrong')).rejects.toThrow(/^PASSPHRASE_WRONG: /);
    await expect(wallet.changePassphrase('wrong', 'x')).rejects.toThrow(/^PASSPHRASE_WRONG: /);
  });

  test('comes to another place by a copy of it and its words or its passphrase', async () => {
    const { wallet, root } = await walletWithRoot();
    const copy = await wallet.copy();
    const words = await wallet.recoveryPhrase('correct horse');
    for (const [name, opener, passphrase] of [
      ['by-words', { words, passphrase: 'a new one' }, 'a new one'],
      ['by-passphrase', { passphrase: 'correct horse' }, 'correct horse'],
    ] as const) {
      const there = { ...options, store: fileWalletStore(`${file}-${name}`) };
      expect(await (await Wallet.restore(there, copy, opener)).rootKey(vid, 1)).toEqual(root);
      expect(await (await Wallet.open(there, passphrase)).rootKey(vid, 1)).toEqual(root);
      await expect(Wallet.restore(there, copy, opener)).rejects.toThrow(/^WALLET_INVALID: /);
    }
    const nowhere = { ...options, store: fileWalletStore(`${file}-nowhere`) };
    const other = { words: `${'abandon '.repeat(23)}art`, passphrase: 'x' };
    await expect(Wallet.restore(nowhere, copy, other)).rejects.toThrow(/^RECOVERY_PHRASE_WRONG: /);
    const wrong = Wallet.restore(nowhere, copy, { passphrase: 'wrong' });
    await expect(wrong).rejects.toThrow(/^PASSPHRASE_WRONG: /);
    await expect(Wallet.restore(nowhere, '{}', other)).rejects.toThrow(/^WALLET_INVALID: /);
    await expect(readFile(`${file}-nowhere`)).rejects.toThrow('ENOENT');
  });

  test('stays as it was where it could not be written', async () => {
    const { wallet } = await walletWithRoot();
    const before = wallet.content;
    const { store } = options;
    let isFull = true;
    const full = {
      ...store,
      replace: (before: string | undefined, text: string) =>
        isFull ? Promise.reject(new Error('disk full')) : store.replace(before, text),
    };
    const other = await Wallet.open({ ...options, store: full }, 'correct horse');
    await expect(other.rootKey(vid, 2)).rejects.toThrow('disk full');
    expect(other.content).toEqual(before);
    isFull = false;
    await other.rootKey(vid, 2);
    expect((await Wallet.open(options, 'correct horse')).content).toEqual(other.content);
  });

  test('that was changed or cut is refused with a code', async () => {
    await walletWithRoot();
    const text = await readFile(file, 'utf8');
    const content = JSON.parse(text) as { content: { sealed: string }; scrypt: { N: number } };
    const flipped = content.content.sealed.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    const broken = [
      '',
      text.slice(0, -20),
      JSON.stringify({ ...content, v: 2 }),
      JSON.stringify({ ...content, scrypt: { ...content.scrypt, N: 2 ** 24 } }),
      JSON.stringify({ ...content, content: { ...content.content, sealed: flipped } }),
    ];
    for (const wrong of broken) {
      await writeFile(file, wrong);
      await expect(Wallet.open(options, 'correct horse')).rejects.toThrow(/^WALLET_INVALID: /);
    }
    await rm(file);
    await expect(Wallet.open(options, 'correct horse')).rejects.toThrow(/^WALLET_INVALID: /);
  });

  test('is locked at the cost that OWASP asks for, unless told otherwise', async () => {
    const { cost: _, ...usual } = options;
    await Wallet.create(usual, 'correct horse');
    const { scrypt } = JSON.parse(await readFile(file, 'utf8')) as { scrypt: object };
    expect(scrypt).toMatchObject({ N: 131_072, r: 8, p: 1 });
    await expect(Wallet.open(usual, 'correct horse')).resolves.toBeDefined();
  });
});

test('scrypt is that of RFC 7914, section 12', async () => {
  const salt = Buffer.from('NaCl');
  const key = await nodeScrypt('password', salt, { N: 1024, r: 8, p: 16 });
  // The first 32 of the vector's 64 bytes: the last step, PBKDF2, makes them in that order.
  expect(Buffer.from(key).toString('hex')).toBe(
    'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162',
  );
});

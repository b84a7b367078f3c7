import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  fileWalletStore,
  keyIdOf,
  MemoryReplayStore,
  nodeScrypt,
  openGrant,
  OwnerDesk,
  type OwnerView,
  ResaleDesk,
  scryptCost,
  verifyRequest,
  Wallet,
} from '@passport/ledger-client';
import {
  commandClaims,
  type Grant,
  grantTerms,
  handOverCommands,
  instantOf,
  parseJson,
  parseVid,
  publicKey,
  type SealingKeyInput,
  type SignedCommand,
  vidOfBytes,
} from '@passport/model';
import { publicKeyOfScalar, SCALAR_BYTES } from '@passport/privacy';
import { type Browser, newPerson, openBrowser, type Page } from '@passport/testkit/browser';
import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { startWalletPage } from '../testing/start-wallet-page.ts';

const LEDGER = 'fabric:00112233445566778899aabbccddeeff';
const PASSPHRASE = 'correct horse battery';
const vid = vidOfBytes(Buffer.alloc(16, 3));
const now = (): Date => new Date();

let browser: Browser;
let served: { readonly url: string; stop(): Promise<void> };
let page: Page;
let folder: string;

beforeAll(async () => {
  [browser, served] = await Promise.all([openBrowser(), startWalletPage()]);
  folder = await mkdtemp(join(tmpdir(), 'passport-browser-'));
});

afterAll(async () => {
  await browser.close();
  await served.stop();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  page = await freshPage();
});

/** A page of a browser that has seen none of us. */
async function freshPage(): Promise<Page> {
  const person = await newPerson(browser);
  return opened(person.page);
}

async function opened(tab: Page): Promise<Page> {
  await tab.goto(served.url);
  // Not waitForFunction: what that looks again by is an eval of the page's own, which its policy refuses.
  await vi.waitUntil(() => tab.evaluate('globalThis.room !== undefined'), { timeout: 10_000 });
  return tab;
}

/** Runs an async function's body in a page, with the words in `given`. */
function inPage<Answer>(tab: Page, body: string, given: object = {}): Promise<Answer> {
  const known = { ledger: LEDGER, vid, passphrase: PASSPHRASE, ...given };
  return tab.evaluate(`(async (given) => { ${body} })(${JSON.stringify(known)})`);
}

/** Makes a wallet with a signer and a car, and first keys for it. */
const MAKE = `
  globalThis.wallet = await room.create(given.passphrase);
  globalThis.person = desks(wallet, given.ledger);
  const signer = await person.desk.makeSigner();
  await person.desk.enrol(given.vid, signer);
  const keys = await person.desk.firstKeys(given.vid);
  return { signer, keys };
`;

type Made = { readonly signer: string; readonly keys: SealingKeyInput[] };

/** What a ledger would say of the car. */
function viewOf({ signer, keys }: Made, grants: readonly Grant[] = []): OwnerView {
  const since = instantOf(Date.now());
  return {
    ownership: { vid, owner: signer as never, ownerEpoch: 1, since, handOver: null },
    keys: keys.map((key) => ({ ...key, vid, ownerEpoch: 1, from: key.from ?? since })),
    ...{ closed: {}, grants },
  };
}

function optionsOf(name: string) {
  const store = fileWalletStore(join(folder, name));
  return { store, random: randomBytes, stretch: nodeScrypt, cost: { ...scryptCost, N: 2 ** 10 } };
}

function claimsOf(command: SignedCommand | undefined) {
  const [, payload = ''] = command?.split('.') ?? [];
  return parseJson(commandClaims, Buffer.from(payload, 'base64url').toString());
}

/** A wallet of Node that came from a copy. */
function restored(name: string, copy: string, words: string): Promise<Wallet> {
  return Wallet.restore(optionsOf(name), copy, { words, passphrase: 'in a file' });
}

const COPY =
  'return { copy: await wallet.copy(), words: await wallet.recoveryPhrase(given.passphrase) }';
type Copied = { readonly copy: string; readonly words: string };

describe('a wallet in a real browser', { timeout: 60_000 }, () => {
  test('signs commands and requests that Node verifies', async () => {
    const made = await inPage<Made>(page, MAKE);
    const command = await inPage<SignedCommand>(page, 'return person.desk.erase(given.vid, 1)');
    const url = 'https://passport.example/v1/vehicles/x?a=1';
    const proof = await inPage<string>(
      page,
      `const key = await sign.personKeyOf(wallet.signingKey(given.signer));
       return sign.signRequest(key, { method: 'GET', url: given.url }, systemNow);`,
      { signer: made.signer, url },
    );
    const jwk = publicKey.parse(decodeProtectedHeader(command).jwk);
    expect(await keyIdOf(jwk)).toBe(made.signer);
    await compactVerify(command, await importJWK(jwk, 'ES256'));
    expect(claimsOf(command)).toMatchObject({ fn: 'Consent:erase', sub: vid, iss: made.signer });
    const replays = new MemoryReplayStore(() => new Date(0));
    const policy = { roots: new Map(), now, replays };
    const requester = await verifyRequest(proof, { method: 'GET', url }, policy);
    expect(requester).toEqual({ kind: 'key', keyId: made.signer });
  });

  test('wraps keys that a reader on Node opens, and opens what a seller on Node handed over', async () => {
    const made = await inPage<Made>(page, MAKE);
    const scalar = randomBytes(SCALAR_BYTES).fill(1, 0, 2);
    const readerKey = publicKeyOfScalar(scalar);
    const keyId = await keyIdOf(readerKey);
    const { grantId, commands } = await inPage<{ grantId: string; commands: SignedCommand[] }>(
      page,
      'return person.desk.grant(given.view, given.reader, given.terms)',
      {
        view: viewOf(made),
        reader: { grantee: { mspId: 'GarageMSP' }, readerKey },
        terms: {
          ...{ classes: ['maintenance'], fields: [], purpose: 'maintenance' },
          ...{ legalBasis: 'consent', includesPast: true },
        },
      },
    );
    const { wrap, ...terms } = grantTerms.parse(claimsOf(commands.at(-1)).args);
    const ring = { find: async () => ({ keyId, vid, publicKey: readerKey, scalar }) };
    expect(terms.grantee).toEqual({ mspId: 'GarageMSP' });
    const granted = { vid, ownerEpoch: 1, grantId, wraps: wrap === undefined ? [] : [wrap] };
    const keys = await openGrant(ring, LEDGER, granted);
    expect(keys.map(({ scope }) => scope)).toContain('maintenance');
    const published = made.keys.find((key) => key.scope === 'maintenance' && key.epoch === 1);
    const first = keys.find((key) => key.scope === 'maintenance' && key.epoch === 1);
    expect(publicKeyOfScalar(first?.scalar ?? scalar)).toEqual(published?.key);

    // The other way round: somebody on Node sells to the browser's owner.
    const wallet = await Wallet.create(optionsOf('seller'), PASSPHRASE);
    const options = { wallet, ledger: LEDGER, channel: 'passport', random: randomBytes, now };
    const seller = { desk: new OwnerDesk(options), resale: new ResaleDesk(options) };
    const signer = await seller.desk.makeSigner();
    const car = parseVid('mzxw6ytbojtg633cmfzgm33pmi');
    await seller.desk.enrol(car, signer);
    const view = viewOf({ signer, keys: await seller.desk.firstKeys(car) });
    const sold = { ...view, ownership: { ...view.ownership, vid: car } };
    const buyer = await inPage<{ to: never; readerKey: never }>(
      page,
      'return person.resale.prepareToBuy(given.car, given.signer)',
      { car, signer: made.signer },
    );
    const offer = await seller.resale.handOver(sold, buyer);
    const { handOver } = handOverCommands.seller.parse(claimsOf(offer.seller).args);
    const received = await inPage<number>(
      page,
      `await person.resale.acceptOffer(given.offer);
       const ownership = { ...given.ownership, owner: given.offer.owner, ownerEpoch: 2 };
       return person.resale.openHandOver({ ownership, keys: [], closed: {}, grants: [] });`,
      { offer, ownership: { ...sold.ownership, handOver } },
    );
    expect(received).toBeGreaterThan(0);
  });

  test('goes by its words to another browser and to a file, and comes back from one', async () => {
    const made = await inPage<Made>(page, MAKE);
    const { copy, words } = await inPage<Copied>(page, COPY);
    const other = await freshPage();
    const there = await inPage<string[]>(
      other,
      `globalThis.wallet = await room.restore(given.copy, { words: given.words, passphrase: 'new' });
       return wallet.content.signingKeys.map(({ keyId }) => keyId);`,
      { copy, words },
    );
    expect(there).toEqual([made.signer]);
    const inFile = await restored('by-words', copy, words);
    expect(inFile.content.signingKeys.map(({ keyId }) => keyId)).toEqual([made.signer]);
    const root = await inFile.rootKey(vid, 1);

    const third = await freshPage();
    const back = await inPage<number[]>(
      third,
      `const wallet = await room.restore(given.copy, { passphrase: 'in a file' });
       return [...await wallet.rootKey(given.vid, 1)];`,
      { copy: await inFile.copy() },
    );
    expect(Uint8Array.from(back)).toEqual(root);
  });

  test('opens to its passphrase only, after a reload too, and not over another wallet', async () => {
    await inPage<Made>(page, MAKE);
    await opened(page);
    const said = await inPage<string[]>(
      page,
      `const said = [];
       const hear = (what) => what.then(() => said.push('open'), (error) => said.push(error.code));
       await hear(room.unlock('wrong'));
       await hear(room.recover('${'abandon '.repeat(23)}art', 'new'));
       await hear(room.create('again'));
       await hear(room.unlock(given.passphrase));
       return said;`,
    );
    const refused = ['PASSPHRASE_WRONG', 'RECOVERY_PHRASE_WRONG', 'WALLET_INVALID'];
    expect(said).toEqual([...refused, 'open']);
  });

  test('open in two tabs that write at once loses nothing', async () => {
    await inPage<Made>(page, MAKE);
    const other = await opened(await page.context().newPage());
    await inPage(other, 'globalThis.wallet = await room.unlock(given.passphrase)');
    const write = `
      const person = desks(wallet, given.ledger);
      const made = [];
      for (let round = 0; round < 12; round += 1) made.push(await person.desk.makeSigner());
      return [made, [...await wallet.rootKey(given.vid, 7)]];`;
    type Written = [string[], number[]];
    const [one, two] = await Promise.all([page, other].map((tab) => inPage<Written>(tab, write)));
    const { copy, words } = await inPage<Copied>(page, COPY);
    const wallet = await restored('two-tabs', copy, words);
    const kept = wallet.content.signingKeys.map(({ keyId }) => keyId);
    expect(kept).toHaveLength(25);
    expect(kept).toEqual(expect.arrayContaining([...(one?.[0] ?? []), ...(two?.[0] ?? [])]));
    expect(one?.[1]).toEqual(two?.[1]);
  });

  test('leaves no secret in any storage, and a key that tells nobody its bytes', async () => {
    await inPage<Made>(page, MAKE);
    await inPage(page, `await room.keepOpen(wallet, 'session')`);
    const { copy, words } = await inPage<Copied>(page, COPY);
    const wallet = await restored('canaries', copy, words);
    const secrets = [
      Buffer.from(await wallet.rootKey(vid, 1)).toString('base64url'),
      ...wallet.content.signingKeys.map(({ key }) => key.d),
      ...wallet.content.signingKeys.map(({ keyId }) => keyId),
      ...[words, PASSPHRASE, vid],
    ];
    const stored = await inPage<{ readonly text: string; readonly told: string[] }>(
      page,
      `const database = await new Promise((done) => {
         const opening = indexedDB.open('passport-wallet');
         opening.onsuccess = () => done(opening.result);
       });
       const all = await Promise.all([...database.objectStoreNames].map((name) => new Promise((done) => {
         const asked = database.transaction(name).objectStore(name).getAll();
         asked.onsuccess = () => done(asked.result);
       })));
       const told = [];
       for (const { key } of all.flat().filter((one) => one.key !== undefined)) {
         for (const format of ['raw', 'jwk']) {
           told.push(await crypto.subtle.exportKey(format, key).then(() => 'told', ({ name }) => name));
         }
       }
       const text = JSON.stringify([all, { ...localStorage }, { ...sessionStorage }, document.cookie]);
       return { text, told };`,
    );
    expect(stored.text).toContain('passport-wallet');
    for (const secret of secrets) expect(stored.text).not.toContain(secret);
    expect(stored.told).toEqual(['InvalidAccessError', 'InvalidAccessError']);
  });

  test('stays open over pages of a tab where its owner says so, until it is locked', async () => {
    const made = await inPage<Made>(page, MAKE);
    const resume = `
      globalThis.wallet = await room.resume();
      return wallet?.content.signingKeys.map(({ keyId }) => keyId)`;
    await opened(page);
    expect(await inPage(page, resume)).toBeUndefined();
    await inPage(page, `await room.keepOpen(await room.unlock(given.passphrase), 'session')`);
    await opened(page);
    expect(await inPage(page, resume)).toEqual([made.signer]);
    const other = await opened(await page.context().newPage());
    expect(await inPage(other, resume)).toBeUndefined();
    await inPage(page, `await room.keepOpen(wallet, 'device')`);
    expect(await inPage(other, resume)).toEqual([made.signer]);
    const heard = inPage(other, 'return new Promise((done) => room.onNews(done))');
    await inPage(other, 'return wallet.copy()');
    await inPage(page, 'await room.lock()');
    expect(await heard).toBe('locked');
    await opened(other);
    expect(await inPage(other, resume)).toBeUndefined();
    expect(await inPage(other, 'await room.remove(); return room.hasWallet()')).toBe(false);
  });

  test('takes scrypt at its full cost, in the time of a breath', async () => {
    const words = await inPage<string>(
      page,
      `const full = await WalletRoom.open();
       const wallet = await full.create(given.passphrase);
       return wallet.recoveryPhrase(given.passphrase);`,
    );
    const copy = await inPage<string>(page, 'return (await room.unlock(given.passphrase)).copy()');
    await expect(restored('full-cost', copy, words)).resolves.toBeDefined();
  });
});

import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  fileWalletStore,
  newVehicle,
  nodeScrypt,
  type SigningKey,
  Wallet,
  writeSigningKey,
} from '@passport/ledger-client';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runPassport } from '../program.ts';
import { problem } from '../testing/oracle-api.ts';
import { serveProven } from '../testing/proving-api.ts';
import { makeSealedBook, type SealedBook } from '../testing/sealed-book.ts';

const cost = { N: 1_024, r: 8, p: 1 };

let folder: TemporaryFolder;
let book: SealedBook;
let api: Awaited<ReturnType<typeof serveProven>>;
beforeAll(async () => {
  folder = await temporaryFolder('export');
  book = await makeSealedBook();
  api = await serveProven((url, { keyId }) => {
    if (keyId !== book.owner.keyId) return problem(404, 'VEHICLE_UNKNOWN');
    const more = { format: 'passport-export/1', reads: [], readsNext: null };
    if (url.pathname.endsWith('/reads')) {
      const who = { reader: { mspId: 'GarageMSP' }, purpose: 'maintenance', grantId: 'grant-0001' };
      const at = '2026-01-05T12:00:00.000Z';
      const fields = ['Passport.Inspection.Result', 'Passport.Intervention.Jobs'];
      const garages = { ...who, at, scopes: ['maintenance'], fields };
      const isFirst = url.searchParams.get('after') === null;
      const own = { reader: null, purpose: null, grantId: 'owner', at, scopes: ['usage'] };
      const reads = isFirst ? [garages] : [{ ...own, fields: ['Passport.Trip.Start'] }];
      return { status: 200, body: { reads, next: isFirst ? 'more' : null } };
    }
    const isExport = url.pathname === `/v1/vehicles/${book.vid}/export`;
    return { status: 200, body: isExport ? { ...book.answer, ...more } : book.answer };
  });
  await writeWallet('wallet', book.owner);
  await writeFile(join(folder.path, 'passphrase'), 'correct horse\n');
  await writeFile(join(folder.path, 'wrong'), 'battery\n');
});
afterAll(async () => {
  await api.close();
  await folder.remove();
});

async function writeWallet(
  name: string,
  { keyId, publicKey, privateKey }: SigningKey,
): Promise<void> {
  const store = fileWalletStore(join(folder.path, name));
  const options = { store, random: randomBytes, stretch: nodeScrypt, cost };
  const wallet = await Wallet.create(options, 'correct horse');
  const d = String(privateKey.export({ format: 'jwk' }).d);
  await wallet.change((content) => ({
    ...content,
    signingKeys: [{ keyId, key: { ...publicKey, d } }],
  }));
  const rootKeys = book.ownerKeys.rootKeys.map((root) => ({ ...root }));
  await wallet.putVehicle({ ...newVehicle(book.vid, keyId), rootKeys });
}

async function run(
  command: 'read' | 'reads' | 'export',
  options: Readonly<Record<string, string>>,
) {
  const shown = { out: '', error: '', code: -1 };
  const all = { '--api': api.url, '--vid': book.vid, ...options };
  await runPassport([command, ...Object.entries(all).flat()], {
    print: (text) => void (shown.out += text),
    printError: (text) => void (shown.error += text),
    exitWith: (code) => void (shown.code = code),
  });
  return shown;
}

const owner = () => ({
  '--wallet': join(folder.path, 'wallet'),
  '--passphrase-file': join(folder.path, 'passphrase'),
});

describe('passport export', () => {
  test('writes everything, opened, into a file that nobody else reads, and the events', async () => {
    const [out, events] = ['all.json', 'events.ndjson'].map((name) => join(folder.path, name));
    if (out === undefined || events === undefined) throw new Error();
    const shown = await run('export', { ...owner(), '--out': out, '--events': events });
    expect(shown).toEqual({ out: `6 lines, 0 reads in ${out}\n`, error: '', code: 0 });
    const document = JSON.parse(await readFile(out, 'utf8')) as { events: unknown[] };
    expect(document).toMatchObject({ vid: book.vid, format: 'passport-export/1' });
    expect(document.events.at(-1)).toMatchObject({
      fields: { 'Passport.Intervention.Jobs': { value: 'brakes', unit: null } },
    });
    const lines = (await readFile(events, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(
      book.answer.events.map(({ kind }) => kind),
    );
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    // A file that is there is not written over.
    const again = await run('export', { ...owner(), '--out': out });
    expect(again).toMatchObject({
      code: 2,
      error: expect.stringMatching(/FILE_NOT_WRITTEN/) as string,
    });
  });

  test('says that the passphrase is wrong, and nothing else', async () => {
    const wrong = { ...owner(), '--passphrase-file': join(folder.path, 'wrong') };
    const shown = await run('export', { ...wrong, '--out': join(folder.path, 'none.json') });
    expect(shown).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(/^PASSPHRASE_WRONG/) as string,
    });
    expect(shown.error).not.toContain('battery');
  });
});

test('passport reads shows an owner who read what, all pages of it', async () => {
  const { out, code } = await run('reads', owner());
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    '2026-01-05T12:00:00.000Z  GarageMSP  Passport.Inspection.Result, Passport.Intervention.Jobs  for maintenance  by grant-0001',
    '2026-01-05T12:00:00.000Z  the owner  Passport.Trip.Start',
    '',
  ]);
});

describe('passport read', () => {
  test('shows an owner the log book, with units', async () => {
    const { out, code } = await run('read', { '--as': 'owner', ...owner() });
    expect(code).toBe(0);
    expect(out).toContain('Vehicle.TripMeterReading  12345 m\n');
    expect(out).toContain('2026-01-05  intervention  1,004 km  quality 700\n');
    expect(out).not.toContain('closed');
  });

  test('shows what stays closed to the holder of a key without a ring', async () => {
    const file = join(folder.path, 'key.json');
    await writeSigningKey(file, book.owner);
    const shown = await run('read', { '--as': 'key', '--signing-key': file });
    expect(shown.out).toContain('closed: usage, Vehicle.TripMeterReading\n');
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['as nobody it knows', { '--as': 'king' }, /--as is member, key, owner or nobody/],
    ['a member without a profile', { '--as': 'member' }, /--profile is needed/],
    ['an owner without a wallet', { '--as': 'owner' }, /--wallet is needed/],
    [
      'an owner whose passphrase is not there',
      { '--as': 'owner', '--wallet': 'x' },
      /--passphrase-file/,
    ],
    ['without a proof', { '--as': 'nobody' }, /PROOF_REQUIRED/],
    ['scopes that are none', { '--as': 'nobody', '--scopes': 'all' }, /FIELD_CLASS_UNKNOWN/],
    ['no vid', { '--as': 'nobody', '--vid': 'x' }, /VID_INVALID/],
    ['no API', { '--as': 'nobody', '--api': 'here' }, /no URL/],
  ])('ends with 2 for %s', async (_, options, why) => {
    const shown = await run('read', options);
    expect(shown).toMatchObject({ code: 2, out: '', error: expect.stringMatching(why) as string });
  });
});

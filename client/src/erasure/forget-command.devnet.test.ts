import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  generateSigningKey,
  KeyRing,
  readMemberRoots,
  readNetworkProfile,
  signCommand,
  verifyErasure,
} from '@passport/ledger-client';
import { parseMspId, type Vid } from '@passport/model';
import {
  type SmallNetwork,
  startSmallNetwork,
  temporaryFolder,
  type TemporaryFolder,
} from '@passport/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { runPassport } from '../program.ts';

const START_MS = 90_000;
const COMMAND_MS = 60_000;
const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const garage = parseMspId('GarageMSP');

let network: SmallNetwork;
let office: Server;
/** A car whose owner had it erased, and one whose owner did not. */
let erased: Vid;
let other: Vid;
beforeAll(async () => {
  network = await startSmallNetwork();
  const owner = await generateSigningKey();
  const { fixture } = network;
  const vids = await fixture.registerVehicles(2, owner.keyId);
  [erased, other] = vids as [Vid, Vid];
  const command = await signCommand(owner, {
    ...{ channel: fixture.channel, functionName: 'Consent:erase', target: erased },
    ...{ args: { ownerEpoch: 1 }, id: fixture.commandId() },
    expiresAt: new Date(Date.now() + COMMAND_MS),
  });
  await fixture.members.MakerMSP.user.consent.erase({ commandId: fixture.commandId(), command });
  office = createServer(answerOffice);
  await new Promise<void>((done) => {
    office.listen(0, '127.0.0.1', done);
  });
}, START_MS);
afterAll(async () => {
  office?.close();
  await network?.stop();
}, START_MS);

let folder: TemporaryFolder;
let ring: KeyRing;
/** Whether the operator has come to the erasure, and the certificates that it was sent. */
let hasCome: boolean;
let sent: string[];
beforeEach(async () => {
  folder = await temporaryFolder('forget');
  ring = await KeyRing.open(join(folder.path, 'ring'));
  await mkdir(join(folder.path, 'copies'));
  [hasCome, sent] = [true, []];
});
afterEach(() => folder.remove());

/** The serving API, as far as certificates go. */
const answerOffice: Parameters<typeof createServer>[1] = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method === 'POST') sent.push(Buffer.concat(chunks).toString());
    const saidIn = { block: 7, tx: 0, at: '2026-11-28T12:00:00.000Z' };
    const certificates = sent.map((jws) => ({ part: 'grantee', mspId: garage, jws }));
    const state = { ownerEpoch: 1, saidIn, isPending: true, holders: null, readerKeys: [] };
    const isOfErased = request.url?.startsWith(`/v1/erasures/${erased}`) === true;
    const erasures = hasCome && isOfErased ? [{ ...state, certificates }] : [];
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ erasures }));
  });
};

type Shown = { readonly code: unknown; readonly out: string; readonly error: string };

/** The command with what it needs. Later words win over those before. */
function argv(words: readonly string[]): string[] {
  const { port } = office.address() as AddressInfo;
  const where = ['--api', `http://127.0.0.1:${port}`, '--profile', network.profilePath];
  const ours = ['--msp', garage, '--key-ring', join(folder.path, 'ring')];
  return ['forget', ...where, ...ours, ...words];
}

/** Runs it as its user does: a process of its own. */
function forget(...words: readonly string[]): Promise<Shown> {
  return new Promise((done) => {
    execFile(process.execPath, [main, ...argv(words)], (failure, out, error) => {
      done({ code: failure === null ? 0 : failure.code, out, error });
    });
  });
}

/** The same in this process, which takes a tenth of the time. */
async function forgetHere(...words: readonly string[]): Promise<Shown> {
  const shown = { out: '', error: '', code: -1 };
  await runPassport(argv(words), {
    print: (text) => void (shown.out += text),
    printError: (text) => void (shown.error += text),
    exitWith: (code) => void (shown.code = code),
  });
  return shown;
}

describe('passport forget', { timeout: COMMAND_MS }, () => {
  test('destroys keys and copies of the cars that were erased, and signs it once', async () => {
    const gone = await ring.make(erased);
    const kept = await ring.make(other);
    const copies = join(folder.path, 'copies');
    for (const car of [erased, other]) await writeFile(join(copies, `${car}.json`), 'opened');
    const first = await forget('--copies', copies);
    expect(first).toEqual({
      code: 0,
      out: `${erased}  owner epoch 1  is signed now (1 keys destroyed)\n`,
      error: '',
    });
    expect((await ring.list()).map(({ keyId }) => keyId)).toEqual([kept.keyId]);
    expect(await readdir(copies)).toEqual([`${other}.json`]);
    const profile = await readNetworkProfile(network.profilePath);
    const claims = await verifyErasure(sent[0] ?? '', await readMemberRoots(profile));
    expect(claims).toMatchObject({ iss: garage, part: 'grantee', sub: erased, ownerEpoch: 1 });
    expect(claims.destroyed.map(({ store, count }) => [store, count])).toEqual([
      ['key ring', 1],
      ['opened copies', 1],
    ]);
    expect(Object.keys(claims.destroyed[0]?.evidence ?? {})).toEqual([gone.keyId]);
    expect(await forget('--json', '--copies', copies)).toEqual({
      code: 0,
      out: `${JSON.stringify({ vid: erased, ownerEpoch: 1, state: 'certified', keysDestroyed: 0 })}\n`,
      error: '',
    });
    expect(sent).toHaveLength(1);
  });

  test('destroys at once, says that it is too early to sign with 1, and signs when it runs again', async () => {
    await ring.make(erased);
    hasCome = false;
    const early = await forget('--vid', erased);
    expect(early).toMatchObject({ code: 1, error: '' });
    expect(early.out).toMatch(/run this again \(1 keys destroyed\)\n$/);
    expect(await ring.list()).toEqual([]);
    hasCome = true;
    expect((await forget()).out).toMatch(/is signed now \(1 keys destroyed\)\n$/);
  });

  test('says so where nobody had anything erased', async () => {
    await ring.make(other);
    const nothing = { code: 0, out: 'nobody had anything of these cars erased\n', error: '' };
    expect(await forgetHere()).toEqual(nothing);
    expect(await forgetHere('--vid', other, '--json')).toEqual({ ...nothing, out: '' });
    expect(await ring.list()).toHaveLength(1);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no key ring', ['--key-ring', '/nowhere/ring'], /^USAGE: --key-ring .* cannot be read/],
    ['a file for a key ring', ['--key-ring', main], /^USAGE: --key-ring .* is no folder/],
    ['no copies', ['--copies', '/nowhere/copies'], /^USAGE: --copies .* cannot be read/],
    ['a file for copies', ['--copies', main], /^USAGE: --copies .* is no folder/],
    ['no URL', ['--api', 'here'], /^USAGE: --api here is no URL/],
    ['an API that does not answer', ['--api', 'http://127.0.0.1:1'], /^NOT_READY: /],
    ['no vid', ['--vid', '1M8GDM9AXKP042788'], /^VID_INVALID: /],
    ['no profile', ['--profile', '/nowhere.json'], /^LEDGER_PROFILE.*nowhere/],
    ['another member', ['--msp', 'NobodyMSP'], /^LEDGER_PROFILE.*NobodyMSP/],
    ['another user', ['--user', 'Nobody'], /^LEDGER_PROFILE.*Nobody/],
    ['another chaincode', ['--chaincode', 'nothing'], /^[A-Z_]+: .*nothing/],
    ['an unknown option', ['--all'], /unknown option '--all'/],
  ])('ends with 2 for %s, says why, and destroys nothing', async (_, words, why) => {
    const key = await ring.make(erased);
    const shown = await forgetHere('--copies', join(folder.path, 'copies'), ...words);
    expect(shown).toMatchObject({ code: 2, out: '', error: expect.stringMatching(why) as string });
    expect(await ring.find(key.keyId)).toEqual(key);
    expect(sent).toEqual([]);
  });

  test('ends as a process with 2 as well, without a stack', async () => {
    const { code, out, error } = await forget('--key-ring', '/nowhere/ring');
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(/^USAGE: [^\n]*\n$/);
  });

  test('ends with 2 for a ring with a broken key, and names it', async () => {
    const key = await ring.make(erased);
    await writeFile(join(folder.path, 'ring', `${key.keyId}.key.json`), '{');
    const shown = await forgetHere();
    expect(shown).toMatchObject({ code: 2, out: '' });
    expect(shown.error).toMatch(/^READER_KEY_UNKNOWN: /);
  });
});

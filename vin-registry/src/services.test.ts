import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { readFile } from 'node:fs/promises';

import {
  type LedgerIdentity,
  PROOF_HEADER,
  type RequestSigner,
  signRequest,
} from '@passport/ledger-client';
import { normaliseVin, parseJson, ticketClaims } from '@passport/model';
import { OprfEvaluator } from '@passport/privacy/oprf';
import { issueCertificate, strangeAuthority } from '@passport/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { IntakeHttp } from './client/intake-http.ts';
import type { VinMatcher, VinMatcherOptions } from './client/vin-matcher.ts';
import { verifyMatch } from './match-statement.ts';
import { car, matcherOf, now } from './testing/intake.ts';
import { IntakeWorld, type RunningService } from './testing/intake-world.ts';

const START_MS = 60_000;

let world: IntakeWorld;
let evaluator: RunningService;
let registry: RunningService;
let garage: LedgerIdentity;
let maker: LedgerIdentity;
let registrar: LedgerIdentity;

beforeAll(async () => {
  world = await IntakeWorld.make();
  [garage, maker, registrar] = await Promise.all([
    world.user('GarageMSP'),
    world.user('MakerMSP'),
    world.user('MakerMSP', 'admin'),
  ]);
  [evaluator, registry] = await Promise.all([world.startEvaluator(), world.startRegistry()]);
}, START_MS);

afterAll(async () => {
  await Promise.all([evaluator.stop(), registry.stop()]);
  await world.folder.remove();
}, START_MS);

const matcher = (signer: RequestSigner, changed: Partial<VinMatcherOptions> = {}): VinMatcher =>
  matcherOf(world, { evaluator, registry }, signer, changed);

const registrarHttp = (signer = registrar) => new IntakeHttp({ url: registry.url, signer, now });
const disputes = z.object({
  disputes: z.array(z.looseObject({ vid: z.string(), claimant: z.string() })),
});

describe('an intake', () => {
  test(
    'matches a hundred VINs, and another intake finds the same vids',
    { timeout: START_MS },
    async () => {
      const cars = Array.from({ length: 100 }, (_, index) => car(index));
      const made = await matcher(garage).match(cars);
      expect(new Set(made.map(({ vid }) => vid)).size).toBe(100);
      for (const { isNew, isDisputed, ticket } of made) {
        expect({ isNew, isDisputed }).toEqual({ isNew: true, isDisputed: false });
        expect(ticket).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      }
      // Written in another way by another member.
      const again = cars.map((each) => ({
        ...each,
        vin: each.vin.toLowerCase().replace('1j', '1-j'),
      }));
      const found = await matcher(maker).match(again);
      expect(found.map(({ vid }) => vid)).toEqual(made.map(({ vid }) => vid));
      expect(found.some(({ isNew, ticket }) => isNew || ticket !== null)).toBe(false);
    },
  );

  test('gets a ticket that the ledger takes: for that vid, by the registry’s key', async () => {
    const [match] = await matcher(garage).match([car(200, 'registration')]);
    const [, payload = ''] = match?.ticket?.split('.') ?? [];
    const claims = parseJson(ticketClaims, Buffer.from(payload, 'base64url').toString());
    expect(claims).toMatchObject({ iss: 'MakerMSP/registry', aud: 'passport', sub: match?.vid });
    const [again] = await matcher(garage).match([car(200, 'registration')]);
    expect(again).toMatchObject({ vid: match?.vid, isNew: false });
    expect(again?.ticket).not.toBe(match?.ticket);
  });

  test('proves a match later, without asking anybody', async () => {
    const asked = car(201);
    const [match] = await matcher(garage).match([asked]);
    if (match === undefined) throw new Error('no match');
    const shown = { vin: normaliseVin(asked.vin), paper: asked.paper };
    const verified = await verifyMatch(shown, match.proof, world.registryKey.publicKey);
    expect(verified.vid).toBe(match.vid);
    await expect(
      verifyMatch({ ...shown, paper: 'another' }, match.proof, world.registryKey.publicKey),
    ).rejects.toMatchObject({ code: 'COMMITMENT_INVALID' });
  });

  test('is told of an evaluator that uses another key, before the registry hears a tag', async () => {
    const liar = new OprfEvaluator(randomBytes(32), randomBytes);
    const server = createServer((request, response) => {
      void json(request).then((asked) => {
        const { blinded } = asked as { readonly blinded: readonly string[] };
        const bytes = blinded.map((element) => Buffer.from(element, 'base64url'));
        const { evaluated, proof } = liar.evaluate(bytes);
        const text = (each: Uint8Array) => Buffer.from(each).toString('base64url');
        response.end(JSON.stringify({ evaluated: evaluated.map(text), proof: text(proof) }));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const before = await readFile(world.path('registry-audit.jsonl'), 'utf8');
    try {
      const evaluatorUrl = `http://127.0.0.1:${port}`;
      const asks = matcher(garage, { evaluatorUrl }).match([car(202)]);
      await expect(asks).rejects.toMatchObject({ code: 'OPRF_PROOF_INVALID' });
      // The same one passes with its own key: it is the key that was wrong.
      const own = matcher(garage, { evaluatorUrl, evaluatorKeys: [liar.publicKey] });
      expect(await own.tags([normaliseVin(car(202).vin)])).toHaveLength(1);
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(await readFile(world.path('registry-audit.jsonl'), 'utf8')).toBe(before);
  });

  test('that has a key the evaluator has not is told so', async () => {
    const { publicKey } = new OprfEvaluator(randomBytes(32), randomBytes);
    const wrong = matcher(garage, { evaluatorKeys: [publicKey] });
    await expect(wrong.match([car(202)])).rejects.toMatchObject({ code: 'OPRF_KEY_UNKNOWN' });
  });

  test('brings a tag of each key in use, and of no other', async () => {
    const asks = matcher(garage, { evaluatorKeys: [] });
    await expect(asks.match([car(203)])).rejects.toMatchObject({ code: 'REQUEST_MALFORMED' });
    const rotating = await world.startRegistry([
      ...['--oprf-keys', `${world.keyId},${'0'.repeat(16)}`],
      ...['--state-directory', world.path('registry-rotating')],
    ]);
    try {
      const one = matcher(garage, { registryUrl: rotating.url });
      await expect(one.match([car(203)])).rejects.toMatchObject({ code: 'TAG_KEYS_WRONG' });
    } finally {
      await rotating.stop();
    }
  });
});

describe('a second claim', () => {
  test('opens a dispute, which an administrator of the registry’s member decides', async () => {
    const [first] = await matcher(garage).match([car(300, 'registration')]);
    const [second] = await matcher(maker).match([car(300, 'registration')]);
    const vid = first?.vid ?? '';
    expect(second).toMatchObject({ vid, isNew: false, isDisputed: true, ticket: null });
    // In a dispute nobody gets a ticket, the first one included.
    const [third] = await matcher(garage).match([car(300, 'registration')]);
    expect(third).toMatchObject({ vid, isDisputed: true, ticket: null });
    const listed = await registrarHttp().send('GET', '/v1/disputes', disputes);
    expect(listed.disputes).toContainEqual(expect.objectContaining({ vid, claimant: 'GarageMSP' }));
    const decision = { claimant: 'MakerMSP', reason: 'the maker built it' };
    const path = `/v1/disputes/${vid}`;
    for (const stranger of [garage, maker]) {
      await expect(
        registrarHttp(stranger).send('POST', path, z.unknown(), decision),
      ).rejects.toMatchObject({ code: 'ADMIN_REQUIRED' });
    }
    await registrarHttp().send('POST', path, z.unknown(), decision);
    const [fourth] = await matcher(maker).match([car(300, 'registration')]);
    expect(fourth).toMatchObject({ vid, isDisputed: false, ticket: expect.any(String) as string });
    await expect(registrarHttp().send('POST', path, z.unknown(), decision)).rejects.toMatchObject({
      code: 'DISPUTE_UNKNOWN',
    });
  });
});

describe('an erasure', () => {
  test('removes commitments, and keeps the tag: the car comes back as itself', async () => {
    const [before] = await matcher(garage).match([car(400)]);
    const path = `/v1/vehicles/${before?.vid ?? ''}/person`;
    await expect(registrarHttp(maker).send('DELETE', path, z.unknown())).rejects.toMatchObject({
      code: 'ADMIN_REQUIRED',
    });
    const answer = await registrarHttp().send(
      'DELETE',
      path,
      z.looseObject({ removed: z.number() }),
    );
    expect(answer).toMatchObject({ vid: before?.vid, removed: 1 });
    const [after] = await matcher(maker).match([car(400)]);
    expect(after).toMatchObject({ vid: before?.vid, isNew: false, ticket: null });
  });
});

describe('a request is refused', () => {
  const evaluation = (keyId: string) => ({
    keyId,
    blinded: [Buffer.concat([Uint8Array.of(2), Buffer.alloc(32, 1)]).toString('base64url')],
  });

  async function post(url: string, content: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(content) });
    return (await response.json()) as { readonly code: string };
  }

  test('without a proof, with a foreign one, and by a bare key', async () => {
    const url = `${evaluator.url}/v1/evaluations`;
    const content = evaluation(world.keyId);
    expect(await post(url, content)).toMatchObject({ code: 'PROOF_REQUIRED' });
    const stranger = await issueCertificate(await strangeAuthority('GarageMSP'));
    await expect(matcher(stranger).match([car(1)])).rejects.toMatchObject({
      code: 'CALLER_UNKNOWN',
    });
    await expect(matcher(world.registryKey).match([car(1)])).rejects.toMatchObject({
      code: 'ROLE_MISSING',
    });
  });

  test('when its proof was used, or was made for the other service', async () => {
    const url = `${evaluator.url}/v1/evaluations`;
    const content = evaluation(world.keyId);
    const request = { method: 'POST', url, body: Buffer.from(JSON.stringify(content)) };
    const headers = { [PROOF_HEADER]: await signRequest(garage, request, now) };
    const elsewhere = await post(`${registry.url}/v1/matches`, content, headers);
    expect(elsewhere).toMatchObject({ code: 'PROOF_TARGET_WRONG' });
    expect(await post(url, content, headers)).not.toMatchObject({ code: 'PROOF_REPLAYED' });
    expect(await post(url, content, headers)).toMatchObject({ code: 'PROOF_REPLAYED' });
    // A relay does not get an evaluation of its own with somebody's proof.
    expect(await post(url, evaluation(otherThan(world.keyId)), headers)).toMatchObject({
      code: 'PROOF_TARGET_WRONG',
    });
  });

  test('with more at once than the limit', async () => {
    const send = new IntakeHttp({ url: evaluator.url, signer: garage, now });
    const [one] = evaluation(world.keyId).blinded;
    const blinded = Array.from({ length: 51 }, () => one);
    await expect(
      send.send('POST', '/v1/evaluations', z.unknown(), { keyId: world.keyId, blinded }),
    ).rejects.toMatchObject({ code: 'REQUEST_MALFORMED' });
    const large = { keyId: world.keyId, blinded: ['A'.repeat(600_000)] };
    await expect(send.send('POST', '/v1/evaluations', z.unknown(), large)).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
    });
  });

  test('of who asks too fast, and of who is no intake', { timeout: START_MS }, async () => {
    const strict = await world.startEvaluator([
      ...['--intakes', 'GarageMSP', '--vehicles-burst', '10', '--vehicles-per-second', '0.01'],
      ...['--audit-file', world.path('strict-audit.jsonl')],
    ]);
    try {
      const asks = matcher(garage, { evaluatorUrl: strict.url });
      const ten = Array.from({ length: 10 }, (_, index) => normaliseVin(car(index).vin));
      expect(await asks.tags(ten)).toHaveLength(10);
      // A second certificate of the same member gives no more.
      const colleague = matcher(await world.user('GarageMSP'), { evaluatorUrl: strict.url });
      for (const each of [asks, colleague]) {
        await expect(each.tags(ten.slice(0, 1))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      }
      const other = matcher(maker, { evaluatorUrl: strict.url });
      await expect(other.tags(ten)).rejects.toMatchObject({ code: 'ROLE_MISSING' });
    } finally {
      await strict.stop();
    }
    const lines = (await readFile(world.path('strict-audit.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toEqual([
      'ok',
      'RATE_LIMITED',
      'RATE_LIMITED',
    ]);
  });
});

describe('both services', () => {
  test('say that they are ready', async () => {
    for (const { healthUrl } of [evaluator, registry]) {
      for (const path of ['/healthz', '/readyz']) {
        expect((await fetch(`${healthUrl}${path}`)).status).toBe(200);
      }
    }
  });

  test('answer with the same vid after a crash', { timeout: START_MS }, async () => {
    const [before] = await matcher(garage).match([car(500)]);
    registry.process.kill('SIGKILL');
    await registry.process.exited;
    registry = await world.startRegistry();
    const [after] = await matcher(maker).match([car(500)]);
    expect(after).toMatchObject({ vid: before?.vid, isNew: false });
  });
});

/** The same text but for its first character. */
function otherThan(text: string): string {
  return (text.startsWith('0') ? '1' : '0') + text.slice(1);
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { LedgerIdentity } from '@passport/ledger-client';
import { normaliseVin, parseKeyId } from '@passport/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { car, matcherOf } from './testing/intake.ts';
import { IntakeWorld, type RunningService } from './testing/intake-world.ts';

const START_MS = 60_000;

let world: IntakeWorld;
let evaluator: RunningService;
let registry: RunningService;
let garage: LedgerIdentity;

beforeAll(async () => {
  world = await IntakeWorld.make();
  garage = await world.user('GarageMSP');
  [evaluator, registry] = await Promise.all([world.startEvaluator(), world.startRegistry()]);
}, START_MS);

afterAll(async () => {
  await Promise.all([evaluator.stop(), registry.stop()]);
  await world.folder.remove();
}, START_MS);

const matcher = () => matcherOf(world, { evaluator, registry }, garage);

describe('what the services leave behind', () => {
  test('has no VIN and no paper in it, in no encoding; the evaluator has no table', async () => {
    const cars = [car(900, 'registration'), car(901)];
    await matcher().match(cars);
    const metrics = await Promise.all(
      [evaluator, registry].map(async ({ healthUrl }) =>
        (await fetch(`${healthUrl}/metrics`)).text(),
      ),
    );
    expect(metrics[0]).toContain('evaluator_vehicles_total');
    const files = await filesOf(world.folder.path);
    const contents = await Promise.all(files.map((file) => readFile(file)));
    const texts = [evaluator.log(), registry.log(), ...metrics].map((text) => Buffer.from(text));
    const everything = [...contents, ...texts];
    for (const secret of cars.flatMap(({ vin, paper }) => [vin, paper])) {
      for (const written of spellings(secret)) {
        expect(everything.some((content) => content.includes(written))).toBe(false);
      }
    }
    // The search finds what is there.
    const audit = await readFile(world.path('registry-audit.jsonl'), 'utf8');
    const [line = ''] = audit.split('\n');
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
    expect(Object.keys(entry)).toEqual(['at', 'member', 'keyId', 'action', 'count', 'outcome']);
    expect(entry).toMatchObject({
      member: 'GarageMSP',
      action: 'match',
      count: 2,
      outcome: 'ok',
    });
    expect(parseKeyId(String(entry['keyId']))).toBe(entry['keyId']);
    expect(everything.some((content) => content.includes('GarageMSP'))).toBe(true);
    const evaluators = files
      .filter((file) => file.includes('evaluator'))
      .map((file) => file.slice(world.folder.path.length + 1));
    expect(evaluators.toSorted()).toEqual(['evaluator-audit.jsonl', 'evaluator.jwk']);
  });

  test('does not let the registry enumerate: no tag is a function of the VIN that it can compute', async () => {
    const vin = normaliseVin(car(900).vin);
    const [[tag = ''] = []] = await matcher().tags([vin]);
    const [keyId = '', output = ''] = tag.split('.');
    const inputs = [vin, `passport/vin/1|${vin}`, `${keyId}${vin}`, `${keyId}.${vin}`];
    for (const input of inputs) {
      for (const hash of ['sha256', 'sha512', 'sha1', 'md5']) {
        expect(createHash(hash).update(input).digest('base64url')).not.toContain(output);
      }
    }
    // The key that it would need is in none of its files.
    const key = JSON.parse(await readFile(world.path('evaluator.jwk'), 'utf8')) as { d: string };
    const files = (await filesOf(world.folder.path)).filter((file) =>
      relative(world.folder.path, file).startsWith('registry'),
    );
    const contents = await Promise.all(files.map((file) => readFile(file)));
    expect(contents.some((content) => content.includes(output))).toBe(true);
    for (const written of [
      key.d,
      Buffer.from(key.d, 'base64url'),
      Buffer.from(key.d, 'base64url').toString('hex'),
    ]) {
      expect(contents.some((content) => content.includes(written))).toBe(false);
    }
  });
});

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** How a text may be written: as it is, in base64 at each of three offsets, in hex, and hashed. */
function spellings(text: string): (string | Buffer)[] {
  const hash = createHash('sha256').update(text).digest();
  const base64 = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
    // Characters at the ends mix with what stands beside.
    return shifted.slice(4, Math.floor((shifted.length - 4) / 4) * 4);
  });
  return [
    ...[text, text.toLowerCase(), ...base64, Buffer.from(text).toString('hex')],
    ...[hash, hash.toString('hex'), hash.toString('base64'), hash.toString('base64url')],
    ...[Buffer.from(text, 'utf16le'), text.split('').reverse().join('')],
  ];
}

import { KeyRing, PROOF_HEADER, type RequestSigner, signRequest } from '@passport/ledger-client';
import { parseMspId } from '@passport/model';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { vid } from '../testing/consent-lines.ts';
import { deskWorld, makePeople, type People, PUBLIC_URL } from '../testing/desk-world.ts';
import { grantedBook } from '../testing/granted-book.ts';
import { MirrorFixture, START_MS } from '../testing/mirror-fixture.ts';

const fixture = new MirrorFixture();
const path = `/v1/vehicles/${vid}/market-key`;
let people: People;
let folder: TemporaryFolder;
beforeAll(async () => {
  people = await makePeople();
});
beforeEach(async () => {
  folder = await temporaryFolder('market-key');
});
afterEach(async () => {
  await fixture.clean();
  await folder.remove();
});

/** The market's ring, and who asks for a key of it. */
async function world() {
  const ring = await KeyRing.open(`${folder.path}/keys`);
  const { app } = await deskWorld(fixture, people, folder.path, grantedBook(people), {
    marketKeys: { mspId: parseMspId('MutualMSP'), ring },
  });
  const ask = async (as?: RequestSigner) => {
    const asked = { method: 'POST', url: `${PUBLIC_URL}${path}` };
    const headers = as && { [PROOF_HEADER]: await signRequest(as, asked, () => new Date()) };
    const answer = await app.request(path, { method: 'POST', ...(headers && { headers }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return { ring, ask };
}

test(
  'the market’s key for a car goes to its owner, the same one again, and to nobody else',
  { timeout: START_MS },
  async () => {
    const { ring, ask } = await world();
    for (const other of [people.stranger, people.buyer, people.garage, people.insurer, undefined]) {
      const { status, body } = await ask(other);
      expect(status).toBeGreaterThanOrEqual(401);
      expect(body).not.toHaveProperty('readerKey');
    }
    await expect(ring.list()).resolves.toEqual([]);
    const { status, body } = await ask(people.owner);
    expect(status).toBe(200);
    const [made] = await ring.list(vid);
    expect(body).toEqual({
      ...{ vid, ownerEpoch: 1, grantee: { mspId: 'MutualMSP' }, readerKey: made?.publicKey },
    });
    expect(JSON.stringify(body)).not.toContain('"d"');
    await expect(ask(people.owner)).resolves.toEqual({ status, body });
  },
);

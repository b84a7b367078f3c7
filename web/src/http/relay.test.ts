import { PassportError } from '@passport/model';
import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { expect, test } from 'vitest';

import { type Relay, relayRoutes } from './relay.ts';

/** Says what it was asked for; refuses `Consent/grant`. */
const desk: Relay = {
  place: () => ({
    ...{ ledger: 'fabric:0', channel: 'passport', member: 'GarageMSP' },
    ...{ proofUrl: 'https://api.example', time: '2026-11-28T17:00:00.000Z' as never },
  }),
  submit: async (contract, functionName, body) => {
    if (functionName === 'grant') throw new PassportError('COMMAND_EXPIRED', '5 s ago');
    if (functionName === 'revoke') throw new Error('a bug');
    return { answer: { contract, body }, block: '7', transactionId: 'tx' };
  },
  read: async (contract, functionName, read) => ({ contract, functionName, ...read }),
};

const bugs: unknown[] = [];
const app = new Hono().use(csrf()).route('/', relayRoutes(desk));
app.onError((error, context) => {
  bugs.push(error.message);
  return context.text('', 500);
});

function post(path: string, body: string, headers = {}): Promise<Response> {
  const all = { 'Content-Type': 'application/json', ...headers };
  return Promise.resolve(app.request(path, { method: 'POST', body, headers: all }));
}

test('a relay says where it leads, and brings commands and reads to the desk as they came', async () => {
  const place = await app.request('/relay');
  expect(place.headers.get('Cache-Control')).toBe('no-store');
  expect(await place.json()).toMatchObject({ member: 'GarageMSP' });
  const done = await post('/relay/Consent/erase', '{"command":"x"}');
  expect(done.headers.get('Cache-Control')).toBe('no-store');
  expect(await done.json()).toMatchObject({ answer: { body: { command: 'x' } }, block: '7' });
  const read = await app.request('/relay/Market/readTabs?buyer=a%2Fb', { headers: { DPoP: 'p' } });
  expect(await read.json()).toEqual({
    answer: {
      ...{ contract: 'Market', functionName: 'readTabs', proof: 'p', query: { buyer: 'a/b' } },
      target: '/relay/Market/readTabs?buyer=a%2Fb',
    },
  });
});

test('a relay tells refusals as problems, and no bug', async () => {
  const refused = await post('/relay/Consent/grant', '{}');
  expect(refused.status).toBe(403);
  expect(refused.headers.get('Content-Type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({ code: 'COMMAND_EXPIRED', detail: '5 s ago' });
  expect(await (await post('/relay/Consent/erase', '{')).json()).toMatchObject({
    code: 'REQUEST_MALFORMED',
  });
  const long = await post('/relay/Consent/erase', JSON.stringify('x'.repeat(300_000)));
  expect(long.status).toBe(413);
  expect((await post('/relay/Consent/revoke', '{}')).status).toBe(500);
  expect(bugs).toEqual(['a bug']);
});

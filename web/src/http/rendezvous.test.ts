import { expect, test } from 'vitest';

import { rendezvous } from './rendezvous.ts';

const code = 'A'.repeat(22);
const start = Date.parse('2026-11-28T12:00:00Z');

function meetingPlace() {
  let time = start;
  const app = rendezvous(() => new Date(time));
  return {
    later: (ms: number) => {
      time += ms;
    },
    put: (of: string, side: string, body: string) =>
      app.request(`/rendezvous/${of}/${side}`, { method: 'PUT', body }),
    get: (of: string, side: string) => app.request(`/rendezvous/${of}/${side}`),
  };
}

test('what one side leaves, who knows the code reads, and the other side is empty', async () => {
  const { put, get } = meetingPlace();
  expect((await put(code, 'seller', '{"a":1}')).status).toBe(204);
  await expect((await get(code, 'seller')).json()).resolves.toEqual({ a: 1 });
  expect((await get(code, 'buyer')).status).toBe(204);
  expect((await get('B'.repeat(22), 'seller')).status).toBe(204);
});

test('after an hour it is forgotten', async () => {
  const { put, get, later } = meetingPlace();
  await put(code, 'seller', '{}');
  later(60 * 60 * 1000 - 1);
  expect((await get(code, 'seller')).status).toBe(200);
  later(1);
  expect((await get(code, 'seller')).status).toBe(204);
});

test('a text that is too long, a code that is too short, and a third side are refused', async () => {
  const { put } = meetingPlace();
  expect((await put(code, 'seller', 'x'.repeat(64 * 1024 + 1))).status).toBe(413);
  expect((await put('short', 'seller', '{}')).status).toBe(404);
  expect((await put(code, 'police', '{}')).status).toBe(404);
});

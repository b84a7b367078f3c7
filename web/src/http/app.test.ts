import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type PagesServer, startPages } from '../testing/start-pages.ts';

let pages: PagesServer;
let posted = 0;

beforeAll(async () => {
  const api = new Hono().post('/v1/sql', (context) => {
    posted += 1;
    return context.json({ posted });
  });
  pages = await startPages(api, { limits: { perMinute: 1, burst: 2, trustedProxies: 0 } });
});
afterAll(() => pages.stop());

describe('every page', () => {
  test.each(['/', '/nothing-here'])('%s tells the browser what to refuse', async (path) => {
    const { headers } = await fetch(`${pages.url}${path}`);
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split(/; ?/).map((part) => {
        const [name = '', ...values] = part.split(' ');
        return [name, values.join(' ')] as const;
      }),
    );
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('style-src')).toBe("'self'");
    expect(policy.get('connect-src')).toBe("'self'");
    expect(policy.get('form-action')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('geolocation=()');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('has no inline script and no inline style', async () => {
    const html = await (await fetch(pages.url)).text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=/i);
  });
});

test('an address that asks too often waits, by the connection that it has, and reads pages all the same', async () => {
  const ask = (): Promise<Response> =>
    fetch(`${pages.url}/rendezvous/${'A'.repeat(22)}/seller`, {
      headers: { 'X-Forwarded-For': `192.0.2.${Math.floor(Math.random() * 250)}` },
    });
  expect([(await ask()).status, (await ask()).status]).toEqual([204, 204]);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(50);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
  expect((await fetch(pages.url)).status).toBe(200);
});

describe('what is posted', () => {
  const post = (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${pages.url}/v1/sql`, { method: 'POST', headers, body: 'a=b' });
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

  test.each([
    ['another origin', () => ({ Origin: 'https://evil.example' })],
    ['no origin at all', () => ({})],
    ['an origin that begins like ours', () => ({ Origin: `${pages.url}.evil.example` })],
  ])('as a form from %s is refused, and reaches nothing', async (_who, headersOf) => {
    const before = posted;
    const response = await post({ ...form, ...headersOf() });
    expect(response.status).toBe(403);
    expect(posted).toBe(before);
  });

  test('from our own pages goes through', async () => {
    const response = await post({ ...form, Origin: pages.url });
    expect(response.status).toBe(200);
  });
});

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { parse } from '../wire/parse.ts';
import type { ContractFunctions } from './contract-function.ts';
import { contracts } from './index.ts';

const tables: readonly (readonly [string, ContractFunctions])[] = Object.entries(contracts);
const functions = tables.flatMap(([contract, table]) =>
  Object.entries(table).map(([name, definition]) => [`${contract}:${name}`, definition] as const),
);

describe('the functions of the contracts', () => {
  test.each(functions)(
    '%s takes an object, nothing unknown, and a command id if it submits',
    (_, of) => {
      const { request, mode, title } = of;
      expect(request).toBeInstanceOf(z.ZodObject);
      const shape = (request as z.ZodObject).shape;
      expect('commandId' in shape).toBe(mode === 'submit');
      expect(() => parse(request, [])).toThrow(/^REQUEST_MALFORMED: /);
      const { error } = request.safeParse({ nobodyKnows: 1 });
      expect(error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
      expect(title).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('that take batches take 1 to 500', () => {
    const { recordEvents } = contracts.Passport;
    const event = {
      id: 'a',
      vid: 'a'.repeat(26),
      at: '2026-11-22',
      kind: 'trip',
      method: 'dongle',
    };
    const batch = (size: number) => ({
      ...{ commandId: 'command-1', source: 'AMSP/main' },
      events: Array.from({ length: size }, () => event),
    });
    expect(() => parse(recordEvents.request, batch(0))).toThrow(/^BATCH_EMPTY: /);
    expect(() => parse(recordEvents.request, batch(501))).toThrow(/^BATCH_TOO_LARGE: /);
    expect(parse(recordEvents.request, batch(1)).events).toHaveLength(1);
    expect(parse(recordEvents.request, batch(500)).events).toHaveLength(500);
    const none = { ...batch(1), events: 'a' };
    expect(() => parse(recordEvents.request, none)).toThrow(/^REQUEST_MALFORMED: /);
  });
});

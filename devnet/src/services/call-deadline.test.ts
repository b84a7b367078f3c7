import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';

import { withDeadline } from './call-deadline.ts';

test('the result of work that ends in time, and its error', async () => {
  const { signal } = new AbortController();
  expect(await withDeadline(Promise.resolve(1), signal, 'late')).toBe(1);
  const failure = Promise.reject(new Error('broken'));
  await expect(withDeadline(failure, signal, 'late')).rejects.toThrow('broken');
});

test("work that outlives its call: DEADLINE_EXCEEDED, and its later failure is nobody else's", async () => {
  const call = new AbortController();
  const { promise, reject } = Promise.withResolvers<number>();
  const answer = withDeadline(promise, call.signal, 'late');
  call.abort();
  await expect(answer).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED, message: 'late' });
  reject(new Error('after the end'));
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
});

test('work of a call that had ended before: the same, and its failure is no unhandled one', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): number => unhandled.push(error);
  process.on('unhandledRejection', note);
  const failure = Promise.reject(new Error('too late'));
  const answer = withDeadline(failure, AbortSignal.abort(), 'late');
  await expect(answer).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

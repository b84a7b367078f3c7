import { expect, test } from 'vitest';

import { TurnEnd } from './turn-end.ts';

test('what a turn leaves is done in its order behind all that the turn does', async () => {
  const end = new TurnEnd();
  const done: string[] = [];
  end.add(() => done.push('first'));
  end.add(() => done.push('second'));
  queueMicrotask(() => done.push('of the turn'));
  await new Promise((next) => setImmediate(next));
  expect(done).toEqual(['of the turn', 'first', 'second']);
});

test('what is added at the end of a turn is done at the end of the next one', async () => {
  const end = new TurnEnd();
  const done: string[] = [];
  end.add(() => {
    done.push('first');
    end.add(() => done.push('next'));
  });
  await new Promise((next) => setImmediate(next));
  expect(done).toEqual(['first']);
  await new Promise((next) => setImmediate(next));
  expect(done).toEqual(['first', 'next']);
});

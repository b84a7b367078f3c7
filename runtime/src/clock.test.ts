import { describe, expect, test } from 'vitest';

import { sleep, startTimer } from './clock.ts';

describe('startTimer', () => {
  test('calls back once when its time has passed', async () => {
    let calls = 0;
    startTimer(5, () => {
      calls += 1;
    });

    await sleep(60);

    expect(calls).toBe(1);
  });

  test('does not call back once cancelled', async () => {
    let calls = 0;
    const cancel = startTimer(5, () => {
      calls += 1;
    });

    cancel();
    await sleep(30);

    expect(calls).toBe(0);
  });
});

describe('sleep', () => {
  test('rejects with the reason when its signal aborts meanwhile', async () => {
    const controller = new AbortController();
    const sleeping = sleep(60_000, controller.signal);

    controller.abort(new Error('enough'));

    await expect(sleeping).rejects.toThrow('enough');
  });

  test('rejects at once on a signal that has aborted before', async () => {
    await expect(sleep(60_000, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { expect, onTestFinished, test } from 'vitest';

const program = join(import.meta.dirname, '..', 'testing', 'exit-amid-query.ts');

test.each(['exit', 'throw'])('a process that ends amid a query by %s does end', async (how) => {
  const child = spawn(process.execPath, [program, how], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = text(child.stderr);
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect((await said).includes('a bug')).toBe(how === 'throw');
});

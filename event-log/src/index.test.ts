import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

test('the package can be imported by Node itself, which finds fewer exports than vitest', () => {
  const script = `console.log(Object.keys(await import(${JSON.stringify(import.meta.resolve('./index.ts'))})))`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(output.toString()).toContain('openEventLog');
});

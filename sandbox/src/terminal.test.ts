import { describe, expect, test } from 'vitest';

import { createTerminal } from './terminal.ts';

function written(isTTY: boolean, env: Record<string, string>): string {
  let text = '';
  const terminal = createTerminal({ isTTY, write: (more) => (text += more) }, env);
  terminal.line(terminal.style.bad('wrong'));
  return text;
}

describe('createTerminal', () => {
  test('colours on a terminal', () => {
    expect(written(true, {})).toBe('\u001b[31mwrong\u001b[39m\n');
  });

  test('leaves colours out where NO_COLOR is set', () => {
    expect(written(true, { NO_COLOR: '1' })).toBe('wrong\n');
  });

  test('takes an empty NO_COLOR as not set, as no-color.org has it', () => {
    expect(written(true, { NO_COLOR: '' })).toContain('\u001b[31m');
  });

  test('leaves colours out where the output is no terminal', () => {
    expect(written(false, {})).toBe('wrong\n');
  });
});

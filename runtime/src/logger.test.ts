import { describe, expect, test } from 'vitest';

import { createLogger, type LoggerOptions, type LogFields, secretFields } from './logger.ts';

function logOne(fields: LogFields, changes: Partial<LoggerOptions> = {}): string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLogger({ name: 'sample', level: 'info', destination, ...changes }).info(fields);
  return lines;
}

describe('createLogger', () => {
  test('writes one JSON object a line, with name, level, time and event', () => {
    const [line = '', ...rest] = logOne({ event: 'block.cut', block: 7 });

    expect(rest).toEqual([]);
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      name: 'sample',
      level: 'info',
      event: 'block.cut',
      block: 7,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
  });

  test('writes nothing below its level', () => {
    expect(logOne({ event: 'block.cut' }, { level: 'warn' })).toEqual([]);
  });

  test('writes an error with its message, code and cause', () => {
    const cause = new Error('disk full');
    const error = Object.assign(new Error('no block', { cause }), { code: 'NO_BLOCK' });

    const [line = ''] = logOne({ event: 'block.failed', error });

    expect(JSON.parse(line)).toMatchObject({
      error: { message: 'no block', code: 'NO_BLOCK', cause: { message: 'disk full' } },
    });
  });

  test.each([...secretFields, 'nickname'])('hides the value of %s at every depth', (field) => {
    const secret = 'hunter2';
    const fields = {
      event: 'sample.event',
      [field]: secret,
      request: { [field]: secret, headers: { [field]: secret, host: 'kept' } },
    };

    const [line = ''] = logOne(fields, { redact: ['nickname'] });

    expect(line).not.toContain(secret);
    expect(line).toContain('kept');
  });
});

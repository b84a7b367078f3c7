import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { helpText, readConfig } from './config.ts';

const schema = z.strictObject({
  follow: z.boolean().default(false),
  directory: z.string(),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  isQuiet: z.boolean().default(false),
});

const options = {
  follow: { flag: 'follow', help: 'Go on', isSwitch: true },
  directory: { env: 'SAMPLE_DIRECTORY', flag: 'directory', help: 'Where data lies' },
  port: { env: 'SAMPLE_PORT', flag: 'port', help: 'Port' },
  isQuiet: { env: 'SAMPLE_QUIET', flag: 'quiet', help: 'Print less', isSwitch: true },
};

describe('readConfig', () => {
  test('takes flags before variables before defaults', () => {
    const env = { SAMPLE_DIRECTORY: 'of-env', SAMPLE_PORT: '7', SAMPLE_QUIET: 'true' };

    expect(readConfig(schema, options, ['--directory', 'of-flag'], env)).toEqual({
      follow: false,
      directory: 'of-flag',
      port: 7,
      isQuiet: true,
    });
    expect(
      readConfig(schema, options, ['--follow', '--no-quiet'], { SAMPLE_DIRECTORY: 'x' }),
    ).toEqual({
      follow: true,
      directory: 'x',
      port: 0,
      isQuiet: false,
    });
  });

  test('counts an empty variable as none', () => {
    const env = { SAMPLE_DIRECTORY: 'x', SAMPLE_PORT: '' };

    expect(readConfig(schema, options, [], env).port).toBe(0);
  });

  test('names flag and variable of each setting that is wrong', () => {
    const read = (): unknown => readConfig(schema, options, ['--port', '70000'], {});

    expect(read).toThrow(/--directory \(SAMPLE_DIRECTORY\): .*; --port \(SAMPLE_PORT\): .*65535/);
    expect(read).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }));
  });

  test('refuses a flag that it does not know', () => {
    expect(() => readConfig(schema, options, ['--prot', '7'], {})).toThrow(/--prot/);
  });
});

describe('helpText', () => {
  test('lists flags with their variables and defaults', () => {
    expect(helpText('sample [options]', schema, options)).toBe(
      [
        'sample [options]',
        '',
        '  --follow           Go on',
        '  --directory VALUE  Where data lies (SAMPLE_DIRECTORY)',
        '  --port VALUE       Port (SAMPLE_PORT, default 0)',
        '  --quiet            Print less (SAMPLE_QUIET)',
        '  --help             Print this and exit',
        '',
      ].join('\n'),
    );
  });
});

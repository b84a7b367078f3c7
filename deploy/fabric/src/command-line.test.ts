import { describe, expect, test } from 'vitest';

import { parseCommandLine } from './command-line.ts';

describe('parseCommandLine', () => {
  test('nothing asks for help', () => {
    expect(parseCommandLine([]).verb).toBe('help');
    expect(parseCommandLine(['up', '--help']).verb).toBe('help');
  });

  test('up without options uses the default folder and leaves the rest open', () => {
    expect(parseCommandLine(['up'])).toEqual({
      verb: 'up',
      directory: '.data/fabric',
      chaincodes: [],
      purge: false,
      stay: false,
      json: false,
    });
  });

  test('all options of up are read', () => {
    const line = parseCommandLine(
      ['up', '--directory', 'd', '--chaincode', 'a=h:1', '--chaincode', 'b@2=h:2'].concat(
        ['--policy', 'a=MAJORITY', '--base-port', '7050', '--batch-timeout-ms', '50'],
        ['--execute-timeout-ms', '3000', '--stay', '--purge', '--json'],
      ),
    );
    expect(line).toMatchObject({ directory: 'd', basePort: 7050, batchTimeoutMs: 50 });
    expect(line).toMatchObject({ executeTimeoutMs: 3000, stay: true, purge: true, json: true });
    expect(line.chaincodes.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test.each([
    [['start']],
    [['up', 'down']],
    [['up', '--nonsense']],
    [['up', '--base-port', '80']],
    [['up', '--base-port', '65530']],
    [['up', '--batch-timeout-ms', '1.5']],
    [['up', '--execute-timeout-ms', '']],
    [['deploy']],
    [['package-id']],
  ])('%j is refused as wrong usage', (parameters) => {
    expect(() => parseCommandLine(parameters)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

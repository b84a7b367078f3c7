import { describe, expect, test, vi } from 'vitest';

import { runPassport } from './program.ts';

async function run(...argv: readonly string[]) {
  const shown = { out: '', error: '', code: -1 };
  await runPassport(argv, {
    print: (text) => void (shown.out += text),
    printError: (text) => void (shown.error += text),
    exitWith: (code) => void (shown.code = code),
  });
  return shown;
}

const where = ['--api', 'http://127.0.0.1:1', '--profile', '/nowhere.json', '--msp', 'MakerMSP'];

describe('passport', () => {
  test('shows what it can do', async () => {
    const [all, one] = [await run('--help'), await run('verify', '--help')];
    expect([all.code, one.code]).toEqual([0, 0]);
    expect(all.out).toMatch(/verify/);
    expect(one.out).toMatch(/--at-block/);
    expect((await run('tab', 'open', '--help')).out).toMatch(/--days/);
    expect((await run('driving', '--help')).out).toMatch(/--vehicle[^]*--vid[^]*--from[^]*--quote/);
    expect((await run('statement', '--help')).out).toMatch(/--msp[^]*--profile[^]*--user/);
    expect(all.out).toMatch(/Buy:[^]*query[^]*Earn:[^]*claim/);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no API', ['verify'], /--api/],
    ['an unknown command', ['check'], /unknown command/],
    ['no number of a block', ['verify', ...where, '--at-block', 'x'], /whole number/],
    ['a view and a vehicle', ['verify', ...where, '--view', 'usage', '--vid', 'a'], /either/],
    ['an unknown view', ['verify', ...where, '--view', 'colours'], /views are events, usage/],
    ['an unknown metric', ['verify', ...where, '--view', 'usage', '--metrics', 'x'], /no metrics/],
    ['a filter without a value', ['verify', ...where, '--view', 'usage', '--filter', 'x'], /dim/],
    ['no window', ['verify', ...where, '--view', 'activity'], /one window/],
    ['metrics of nothing', ['verify', ...where, '--metrics', 'trips'], /need --view/],
    ['no profile', ['verify', ...where, '--view', 'usage'], /LEDGER_PROFILE.*nowhere/],
    ['no URL', ['verify', ...where, '--api', 'here'], /no URL/],
    ['no key', ['usage', '--home', '/nowhere'], /passport keys new/],
    ['an empty folder', ['usage', '--home', ''], /it says nothing/],
    ['no view', ['query', 'colours', '--home', '/nowhere'], /views are events, usage/],
    ['no format', ['query', 'usage', '--out', 'a.xlsx'], /formats are json, ndjson, csv, arrow/],
    ['a binary format without a file', ['query', 'usage', '--format', 'parquet'], /--out FILE/],
    [
      'no cars',
      ['driving', '--from', '2026-01', '--to', '2026-02'],
      /--vehicle REFERENCE or --vid/,
    ],
    ['no month', ['driving', '--vid', 'a', '--from', '2026', '--to', '2026-02'], /write a month/],
    ['no end', ['driving', '--vid', 'a', '--from', '2026-01'], /--to <month>/],
    [
      'months turned round',
      ['driving', '--vid', 'a', '--from', '2026-03', '--to', '2026-02'],
      /before --from/,
    ],
    ['a member without a network', ['statement', '--msp', 'MakerMSP'], /--msp and --profile/],
    [
      'a member who is a person',
      ['statement', '--msp', 'A', '--profile', 'b', '--wallet', 'c'],
      /either/,
    ],
    ['no amount', ['tab', 'open', 'much'], /write PCC as 2 or 0.002/],
    ['no euros', ['deposit', '1.5', '--home', '/nowhere'], /passport keys new/],
    ['a receipt that is not there', ['verify-receipt', '/nowhere.receipt.json'], /cannot be read/],
  ])('ends with 2 for %s, and says why', async (_, argv, why) => {
    expect(await run(...argv)).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(why) as string,
    });
  });

  test('says which variable says nothing', async () => {
    vi.stubEnv('PASSPORT_HOME', '');
    const { code, error } = await run('keys', 'new');
    vi.unstubAllEnvs();
    expect([code, error]).toEqual([2, expect.stringMatching(/PASSPORT_HOME.*it says nothing/)]);
  });
});

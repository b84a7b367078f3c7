import {
  amount,
  type LogBook,
  parse,
  parseInstant,
  parseMspId,
  parseVid,
  reference,
} from '@passport/model';
import { describe, expect, test } from 'vitest';

import { blockLines } from './block-lines.ts';
import { explanationLines } from './explanation-lines.ts';
import { summaryLines } from './feed/feed-lines.ts';
import { moneyLines } from './money-lines.ts';
import { createTerminal } from './terminal.ts';
import { timelineLines } from './timeline.ts';

const { style } = createTerminal({ write: () => true }, {});
const hash = '0123456789abcdef'.repeat(4);

describe('blockLines', () => {
  test('shows number, short hash, and each transaction with its validation code', () => {
    const transaction = { submitter: 'MakerMSP', what: 'registerVehicle' };
    const lines = blockLines(
      {
        number: 7n,
        hash,
        previousHash: '',
        transactions: [
          { ...transaction, txId: 'aa'.repeat(32), code: 'VALID' },
          { ...transaction, txId: '', code: 'MVCC_READ_CONFLICT' },
        ],
      },
      style,
    );
    expect(lines).toEqual([
      '  ■ block 7    01234567  2 transactions',
      '      aaaaaaaa  MakerMSP    registerVehicle              VALID',
      '      --------  MakerMSP    registerVehicle              MVCC_READ_CONFLICT',
    ]);
  });
});

const vid = parseVid('abcdefghijklmnopqrstuvwxya');

/** As it comes from the ledger: only what the timeline shows. */
function logBookOf(events: readonly object[]): LogBook {
  const quality = { index: 857 };
  return {
    registration: { vid, day: '2024-01-01', registeredBy: 'MakerMSP', generated: true },
    lifeCycle: { state: 'damaged', on: '2026-02-01' },
    owners: [{ ownerEpoch: 1, since: '2024-02-01T00:00:00.000Z' }],
    events: events.map((event) => ({ quality, flags: [], ...event })),
  } as unknown as LogBook;
}

describe('timelineLines', () => {
  test('shows each event with its source, its quality, and what is flagged', () => {
    const source = 'GarageMSP/workshop';
    const lines = timelineLines(
      logBookOf([
        { at: '2025-01-01', source, kind: 'mileage', odometerKm: 51_320 },
        {
          at: '2026-01-01',
          source,
          kind: 'mileage',
          odometerKm: 0,
          flags: ['odometer-lower-than-before'],
          voidedBy: {},
        },
        { at: '2026-02-01', source, kind: 'incident', state: 'damaged', generated: true },
      ]),
      style,
    );
    expect(lines).toEqual([
      '  2024-01-01  ● MakerMSP                 registered  (generated)',
      '  2025-01-01  ● GarageMSP/workshop       mileage               51,320 km  q  857',
      '  2026-01-01  ● GarageMSP/workshop       mileage                    0 km  q  857' +
        '  ⚑ odometer-lower-than-before  void',
      '  2026-02-01  ● GarageMSP/workshop       incident                         q  857' +
        '  → damaged  (generated)',
      '  owner 1 since 2024-02-01',
      '  now: damaged, since 2026-02-01',
    ]);
  });

  test('of a long log book it shows both ends and counts the rest', () => {
    const trip = { at: '2025-01-01', source: 'MakerMSP/fleet', kind: 'trip' };
    const lines = timelineLines(logBookOf(Array.from({ length: 100 }, () => trip)), style);
    expect(lines).toHaveLength(1 + 40 + 1 + 2);
    expect(lines[21]).toBe('    … 60 more …');
  });
});

describe('moneyLines', () => {
  test('shows what members have, and what is out against the reserve', () => {
    const supply = {
      minted: parse(amount, '2000000'),
      burned: parse(amount, '0'),
      supply: parse(amount, '2000000'),
      reserve: null,
    };
    const reserve = {
      amount: parse(amount, '5500000'),
      asOf: parseInstant('2026-01-01T00:00:00.000Z'),
      custodian: parseMspId('BankMSP'),
      statement: parse(reference, 'statement'),
    };
    const holding = { member: 'MakerMSP', pcc: parse(amount, '1500000'), gold: parse(amount, '0') };
    const lines = moneyLines([{ ...holding, member: 'MakerMSP' }], {
      PCC: { asset: 'PCC', ...supply, reserve },
      'PCC-GOLD': { asset: 'PCC-GOLD', ...supply },
    });
    expect(lines).toEqual([
      '  MakerMSP                  1.5 PCC            0 PCC-Gold',
      '  PCC                         2 out, backed by 5.5 EUR attested by BankMSP as of 2026-01-01',
      '  PCC-GOLD                    2 out, backed by no reserve',
    ]);
  });
});

describe('summaryLines', () => {
  test('shows what a feed came to, and what was refused by reason', () => {
    const progress = {
      feed: 'fleet',
      rowsRead: 453_434,
      eventsRecorded: 9_281,
      duplicates: 1,
      vehiclesRegistered: 367,
      eventsVoided: 2,
      refusedRows: { 'time-repeated': 12_099 },
    };
    expect(summaryLines(progress, 6.25, style)).toEqual([
      '  fleet            453,434 rows, 367 new vehicles, 9,281 events, 2 voided by corrections, ' +
        '1 known already in 6.3 s',
      '      refused  time-repeated                   12,099 rows',
    ]);
  });
});

describe('explanationLines', () => {
  const txId = 'bb'.repeat(32);

  test('shows the key in parts, both versions and who was first', () => {
    const conflict = {
      namespace: 'passport',
      key: '\u0000vehicle\u0000abc\u0000',
      read: { block: 2, tx: 1 },
      current: { block: 7, tx: 0 },
    };
    const code = 'MVCC_READ_CONFLICT';
    expect(explanationLines({ txId, code, conflict, writtenBy: 'cc'.repeat(32) })).toEqual([
      '  bbbbbbbb is invalid: MVCC_READ_CONFLICT',
      '    key      vehicle / abc  (chaincode passport)',
      '    it read  the value of block 2, transaction 1',
      '    now      the value of block 7, transaction 0, by cccccccc',
    ]);
  });

  test('says that a key had no value', () => {
    const conflict = { namespace: 'passport', key: 'k', current: { block: 7, tx: 0 } };
    const lines = explanationLines({ txId, code: 'MVCC_READ_CONFLICT', conflict });
    expect(lines).toContain('    it read  no value');
  });
});

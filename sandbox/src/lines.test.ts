import type { LogBook } from '@passport/chaincode';
import { describe, expect, test } from 'vitest';

import { blockLines } from './block-lines.ts';
import { explanationLines } from './explanation-lines.ts';
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

describe('timelineLines', () => {
  test('shows each entry with its source, and what is flagged', () => {
    const vid = 'abcdefghijklmnopqrstuvwxya';
    const reading = { kind: 'mileage', vid, id: 'r-1', source: 'GarageMSP', sequence: 1 };
    // As it comes from the ledger: the brands of its fields are the contract's to give.
    const logBook = {
      vid,
      timeline: [
        { kind: 'registered', vid, day: '2024-01-01', source: 'MakerMSP' },
        { ...reading, day: '2025-01-01', odometerKm: 51_320, flags: [] },
        { ...reading, day: '2026-01-01', odometerKm: 0, flags: ['odometer-lower-than-before'] },
      ],
    } as unknown as LogBook;
    expect(timelineLines(logBook, style)).toEqual([
      '  2024-01-01  ● MakerMSP    registered',
      '  2025-01-01  ● GarageMSP     51,320 km',
      '  2026-01-01  ● GarageMSP          0 km  ⚑ odometer-lower-than-before',
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

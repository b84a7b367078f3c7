import { randomBytes } from 'node:crypto';

import { LedgerProfileError } from '@passport/ledger-client';
import { PassportError, parseVid, type Vid } from '@passport/model';
import type { RandomBytes } from '@passport/privacy';

import type { CommandOutput } from '../verify/verify-command.ts';
import { ReadError } from './read-error.ts';

/** Runs a command that reads; ends with 2 and says why where it could not. */
export async function runReading(
  { printError, exitWith }: CommandOutput,
  vidText: string,
  run: (vid: Vid, random: RandomBytes) => Promise<void>,
): Promise<void> {
  try {
    await run(parseVid(vidText), randomBytes);
    exitWith(0);
  } catch (error) {
    if (!isExpected(error)) throw error;
    printError(`${error.code}: ${error instanceof PassportError ? error.detail : error.message}\n`);
    exitWith(2);
  }
}

function isExpected(error: unknown): error is ReadError | LedgerProfileError | PassportError {
  return [ReadError, LedgerProfileError, PassportError].some((kind) => error instanceof kind);
}

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What is written down about a process that was started, so that another run can stop it. */
export interface ProcessRecord extends ProcessIdentity {
  /** The node's or the chaincode's name. */
  readonly name: string;
}

/** Writes a record; returns once it is in the file. */
export function writeRecord(folder: string, record: ProcessRecord): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(recordPath(folder, record.name), `${JSON.stringify(record)}\n`);
}

/** Forgets a process. */
export function removeRecord(folder: string, name: string): void {
  rmSync(recordPath(folder, name), { force: true });
}

/** All processes on record, those that ended by themselves too, by name. */
export function readRecords(folder: string): ProcessRecord[] {
  return listFolder(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ProcessRecord);
}

/** The processes on record that still run. */
export function runningRecords(folder: string): ProcessRecord[] {
  return readRecords(folder).filter(isRunning);
}

function recordPath(folder: string, name: string): string {
  return join(folder, `${name}.json`);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

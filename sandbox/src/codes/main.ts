import { randomBytes } from 'node:crypto';

import { helpText, readConfig } from '@passport/runtime';

import { codeLines, makeProfessionalCodes } from '../pages/professional-codes.ts';
import { createTerminal } from '../terminal.ts';
import { options, settings, usage } from './config.ts';

const argv = process.argv.slice(2);
const terminal = createTerminal(process.stdout, process.env);

async function make(): Promise<void> {
  const { enrolments } = readConfig(settings, options, argv, process.env);
  await makeProfessionalCodes(enrolments, randomBytes);
  for (const line of await codeLines(enrolments)) terminal.line(line);
}

if (argv.includes('--help')) terminal.line(helpText(usage, settings, options));
else {
  try {
    await make();
  } catch (error) {
    // An expected error has a code and a message for people; of any other the stack is wanted.
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`codes: ${'code' in error ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

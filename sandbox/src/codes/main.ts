import { randomBytes } from 'node:crypto';

import { helpText, readConfig, runCommand } from '@passport/runtime';

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
else await runCommand('codes', make);

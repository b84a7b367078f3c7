#!/usr/bin/env node
import { runPassport } from './program.ts';

await runPassport(process.argv.slice(2), {
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
  exitWith: (code) => {
    process.exitCode = code;
  },
});

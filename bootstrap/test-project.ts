import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const sources = import.meta.dirname;

/** Stands in for npm: writes down how it was called, takes its time, and leaves what npm leaves. */
const npmStandIn = `
const fs = require('node:fs');
const { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } = fs;
const { join } = require('node:path');
const [command, name] = process.argv.slice(2);
appendFileSync(join(__dirname, 'calls'), command + ' on ' + process.version + '\\n');
const { STAND_IN_DELAY_MS = '20', STAND_IN_FAULT, STAND_IN_NODE } = process.env;
setTimeout(() => {
  if (STAND_IN_FAULT === 'fails') process.exit(1);
  if (command === 'install') {
    const home = join(process.cwd(), 'node_modules', name.split('@')[0]);
    mkdirSync(join(home, 'bin'), { recursive: true });
    const description = { version: '24.1.0', bin: { node: 'bin/node' } };
    writeFileSync(join(home, 'package.json'), JSON.stringify(description));
    const node = join(home, 'bin', 'node');
    if (STAND_IN_FAULT === 'broken binary') writeFileSync(node, 'not a program');
    else symlinkSync(STAND_IN_NODE, node);
  } else {
    rmSync('node_modules', { recursive: true, force: true });
    mkdirSync('node_modules/hello', { recursive: true });
    cpSync('hello.mjs', 'node_modules/hello/hello.mjs');
    cpSync('package-lock.json', 'node_modules/.package-lock.json');
  }
}, Number(STAND_IN_DELAY_MS));
`;

/** The one package of the project; its command says what it sees. */
const hello = `
import { execFileSync } from 'node:child_process';
const child = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim();
console.log(JSON.stringify({ version: process.version, child, words: process.argv.slice(2) }));
if (process.argv[2] === 'exit') process.exit(Number(process.argv[3]));
if (process.argv[2] === 'signal') process.kill(process.pid, process.argv[3]);
`;

const lock = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'project' },
    'node_modules/hello': { version: '1.0.0', integrity: 'i', bin: { hello: 'hello.mjs' } },
  },
};

/** What one run of a program left behind. */
export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A project in a temporary folder: this bootstrap, one package, and a stand-in for npm. */
export class TestProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
  readonly npm = join(this.folder, 'npm-stand-in', 'npm-cli.js');

  constructor() {
    mkdirSync(join(this.folder, 'bootstrap'));
    for (const name of readdirSync(sources).filter((file) => file.endsWith('.mjs'))) {
      cpSync(join(sources, name), join(this.folder, 'bootstrap', name));
    }
    mkdirSync(join(this.folder, 'npm-stand-in'));
    writeFileSync(this.npm, npmStandIn);
    writeFileSync(join(this.folder, 'hello.mjs'), hello);
    this.writeLock(lock);
  }

  writeLock(content: object): void {
    writeFileSync(join(this.folder, 'package-lock.json'), JSON.stringify(content));
  }

  /** How npm was called so far, such as `ci on v24.1.0`. */
  npmCalls(): string[] {
    const file = join(this.folder, 'npm-stand-in', 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** The environment of a person with the given Node first in PATH, and this project's npm. */
  environment(node: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { npm_lifecycle_event, NODE_OPTIONS, ...rest } = process.env;
    return {
      ...rest,
      PATH: [join(node, '..'), rest.PATH].join(delimiter),
      npm_execpath: this.npm,
      STAND_IN_NODE: process.execPath,
      ...extra,
    };
  }

  /** Starts the bootstrap away from any terminal, whose Ctrl-C would go to a whole group. */
  start(node: string, words: string[], extra: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(node, [join(this.folder, 'bootstrap', 'run.mjs'), ...words], {
      cwd: this.folder,
      env: this.environment(node, extra),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  }

  run(node: string, words: string[], extra: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return outcomeOf(this.start(node, words, extra));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits for a started program and collects what it wrote. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text: Buffer) => (written.stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (written.stderr += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...written }));
  });
}

/** The running Node, and the first older one on PATH from 18 on, where the machine has one. */
export function nodesOfMachine(): { name: string; node: string }[] {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((node) => existsSync(node))
    .map((node) => ({ node, name: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() }))
    .find(({ name }) => /^v(18|19|2[0-3])\./.test(name));
  const running = { name: process.version, node: process.execPath };
  return found === undefined ? [running] : [running, found];
}

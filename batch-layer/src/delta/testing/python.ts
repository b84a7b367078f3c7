import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGE = 'deltalake';
const VERSION = '1.6.6';
const INSTALL_TIMEOUT_MS = 300_000;
const SCRIPT_TIMEOUT_MS = 120_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const cache = resolve(fileURLToPath(new URL('../../../../.cache/python', import.meta.url)));

/**
 * Runs a Python script beside this file with the delta-rs package at hand, which is installed into
 * `.cache/` at first, and answers the JSON that it prints. `input` is its argument, as JSON.
 */
export async function runWithDeltalake(script: string, input: unknown): Promise<unknown> {
  const packages = await installed();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(await python(), [path, JSON.stringify(input)], {
    env: { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' },
    timeout: SCRIPT_TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return JSON.parse(stdout);
}

async function python(): Promise<string> {
  const isNew = 'import sys; sys.exit(sys.version_info < (3, 9))';
  for (const command of ['python3', 'python']) {
    try {
      await run(command, ['-c', isNew]);
      return command;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  throw new Error('this test compares with delta-rs and needs python3, 3.9 or newer, with pip');
}

async function installed(): Promise<string> {
  const target = join(cache, `${PACKAGE}-${VERSION}`);
  if (existsSync(join(target, PACKAGE))) return target;
  await mkdir(dirname(target), { recursive: true });
  // Beside, and moved when complete: two tests may need it at once, and pip may be interrupted.
  const made = await mkdtemp(`${target}-`);
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--target', made, `${PACKAGE}==${VERSION}`];
    await run(await python(), pip, { timeout: INSTALL_TIMEOUT_MS });
    await rename(made, target);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    if (existsSync(join(target, PACKAGE))) return target;
    throw new Error(`pip cannot install ${PACKAGE}==${VERSION} into ${cache}`, { cause: error });
  }
  return target;
}

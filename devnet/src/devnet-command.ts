import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * A young generation this large lets garbage die there; V8's own choice on a large machine grows
 * the heap to several times what the devnet needs.
 */
const V8_FLAGS = ['--max-semi-space-size=8'];

/** How to start a devnet as a process of its own: the Node to run, and its arguments. */
export function devnetCommand(configFile: string): {
  readonly command: string;
  readonly args: readonly string[];
} {
  return { command: process.execPath, args: [...V8_FLAGS, MAIN, '--config', configFile] };
}

import { execFile, type ExecFileException } from 'node:child_process';

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const TAIL_CHARACTERS = 2_000;

/** A program to run to its end. */
export type Tool = {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment: installers find proxies and mirrors in theirs. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It is killed after this time. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

/** Runs a program and answers with its output, both streams; throws with the end of it. */
export function runTool(tool: Tool): Promise<string> {
  const { command, args, env, cwd, timeoutMs, signal } = tool;
  const options = {
    cwd,
    env: { ...process.env, ...env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL' as const,
    maxBuffer: OUTPUT_BYTES_MAX,
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((done, fail) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) done(output);
      else fail(new Error(`${command} failed (${why(error)}):\n${tail(output)}`, { cause: error }));
    });
    // An installer that asks something gets no answer, instead of waiting for one.
    child.stdin?.end();
  });
}

function why({ signal, code, message }: ExecFileException): string {
  return String(signal ?? code ?? message);
}

function tail(output: string): string {
  return output.trim().slice(-TAIL_CHARACTERS);
}

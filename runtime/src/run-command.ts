/**
 * Runs a program that ends by itself. What fails ends it with code 1 and is told on standard error: an expected error has
 * a code and a message for people; of any other the stack is wanted. What is no Error is thrown on.
 */
export async function runCommand(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`${name}: ${'code' in error ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

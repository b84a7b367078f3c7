/** Queries that read rows of this thread. */
let running = 0;
let isWatched = false;

/**
 * Says that a query reads rows of this thread, until the function that it answers is called. Where the process exits
 * meanwhile, the query's thread would wait for rows, and the process for that thread, for ever (DuckDB's addon 1.5.5, Node 26): it
 * ends as if killed then.
 */
export function beginQuery(): () => void {
  running += 1;
  watchExit();
  return () => {
    running -= 1;
  };
}

function watchExit(): void {
  if (isWatched) return;
  isWatched = true;
  process.on('exit', () => {
    if (running > 0) process.kill(process.pid, 'SIGKILL');
  });
  // Node would tell it behind the exit, to nobody.
  process.on('uncaughtExceptionMonitor', (error) => {
    const isTold = process.listenerCount('uncaughtException') > 0;
    if (running > 0 && !isTold) process.stderr.write(`${error.stack ?? error.message}\n`);
  });
}

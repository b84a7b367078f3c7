import { startTimer } from '@passport/runtime';

import { FencedEngine } from './fenced-engine.ts';
import type { FenceStart, FromFence, ToFence } from './fence-messages.ts';
import { sqlFailure } from './sql-failure.ts';

/** Pause between looks at the memory. */
const LOOK_MS = 20;
const MB = 1024 * 1024;

// Nothing of this process is worth anything: whoever started it kills it, or it ends with them.
process.on('disconnect', () => process.exit(0));

const limits = JSON.parse(process.argv[2] ?? '') as FenceStart;
const engine = await FencedEngine.open(limits);
const rssMax = process.memoryUsage.rss() + (limits.memoryMb + limits.memoryOverMb) * MB;
watchMemory();
let work = Promise.resolve();
process.on('message', (message: ToFence) => {
  work = work.then(() => handle(message));
});
tell({ kind: 'ready' });

function tell(message: FromFence, sent: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, sent);
}

async function handle(message: ToFence): Promise<void> {
  const { id } = message;
  try {
    if (message.kind === 'question') await answer(message);
    else {
      if (message.kind === 'batches') await engine.add(message.batches);
      else await engine.commit(message.block);
      tell({ id, kind: 'done' });
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    tell({ id, kind: 'broken', detail });
  }
}

async function answer(question: Extract<ToFence, { kind: 'question' }>): Promise<void> {
  const { id } = question;
  const cancel = startTimer(limits.timeoutMs, () => engine.interrupt());
  try {
    tell({ id, kind: 'rows', rows: await engine.answer(question) });
  } catch (error) {
    const failure = sqlFailure(error);
    if (failure === undefined) throw error;
    tell({ id, kind: 'refused', code: failure.code, detail: failure.detail });
  } finally {
    cancel();
  }
}

/** DuckDB counts most of what it has in memory, but not all. */
function watchMemory(): void {
  startTimer(LOOK_MS, () => {
    if (process.memoryUsage.rss() <= rssMax) watchMemory();
    else tell({ kind: 'memory' }, () => process.kill(process.pid, 'SIGKILL'));
  });
}

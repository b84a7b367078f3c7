import { AppError } from '../app-error.ts';
import { sleep } from '../clock.ts';
import { runService } from '../service.ts';

/** A service for the tests; its first argument says how it behaves. */
const [behaviour = 'orderly', drainMs = '5000'] = process.argv.slice(2);

const keepsProcessAlive = setInterval(() => undefined, 60_000);

await runService({
  name: 'sample',
  drainMs: Number(drainMs),
  stopOnStdinEnd: behaviour === 'watches-stdin',
  start: async ({ stopping, fail }) => {
    if (behaviour === 'refuses') {
      throw new AppError('port 1 is taken', { code: 'PORT_TAKEN', retry: 'never' });
    }
    if (behaviour === 'starts-slowly') {
      process.stdout.write('starting\n');
      await sleep(60_000, stopping);
    }
    if (behaviour === 'fails') setTimeout(() => fail(new Error('lost its child')), 20);
    if (behaviour === 'crashes') {
      setTimeout(() => {
        throw new Error('a bug');
      }, 20);
    }
    return {
      ready: { port: 7 },
      stop: async () => {
        process.stderr.write('stopping\n');
        if (behaviour === 'stops-slowly') await sleep(1_600);
        if (behaviour === 'never-stops') await sleep(60_000);
        clearInterval(keepsProcessAlive);
        process.stderr.write('stopped\n');
      },
    };
  },
});

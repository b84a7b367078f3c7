import { helpText, runService } from '@passport/runtime';

import { options, settings, usage } from './config.ts';
import { registerTsx } from './tsx-loader.ts';

/** How long answers under way may take. */
const STOP_MS = 5_000;

const argv = process.argv.slice(2);

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  registerTsx();
  const { servePages } = await import('./serve-pages.ts');
  await runService({
    name: 'web',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start: () => servePages(argv),
  });
}

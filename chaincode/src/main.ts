import { runService } from '@passport/runtime';

import { serveChaincode } from './server/chaincode-server.ts';
import { readServerEnvironment } from './server/server-environment.ts';

const STOP_MS = 1_000;

await runService({
  name: 'chaincode',
  drainMs: STOP_MS,
  stopOnStdinEnd: process.argv.includes('--stop-on-stdin-end'),
  start: async () => {
    const options = readServerEnvironment(process.env);
    await serveChaincode(options);
    // A chaincode keeps nothing: a transaction that is under way is its client's to try again.
    return { ready: options, stop: () => Promise.resolve() };
  },
});

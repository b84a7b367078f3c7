import { serveChaincode } from './chaincode-server.ts';
import { readServerEnvironment } from './server-environment.ts';

const options = readServerEnvironment(process.env);
await serveChaincode(options);
process.stdout.write(`${JSON.stringify({ event: 'chaincode.ready', ...options })}\n`);
// A chaincode keeps nothing: what is under way is the peer's to try again.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));

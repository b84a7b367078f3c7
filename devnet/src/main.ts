import { parseArgs } from 'node:util';

import { parseConfig, readConfigFile } from './config.ts';
import { startDevnet } from './devnet.ts';

const { values } = parseArgs({ options: { config: { type: 'string' } } });
const config = await readConfigFile(values.config ?? 'x');
const devnet = await startDevnet(config, {
  systemNow: () => new Date(),
  startTimer: (ms, cb) => {
    const t = setTimeout(cb, ms);
    return () => clearTimeout(t);
  },
  log: (event, fields) => console.error(JSON.stringify({ event, ...fields })),
  onFatal: (e) => {
    console.error(e);
  },
});
console.log(JSON.stringify({ event: 'devnet.ready', control: devnet.profile.control }));
for (const s of ['SIGINT', 'SIGTERM'])
  process.on(s, () => void devnet.stop().then(() => process.exit(0)));

import { helpText, readConfig, runCommand } from '@passport/runtime';

import { options, settings, usage } from './config.ts';
import { keepKey, writePublicKey } from './keep-key.ts';

const argv = process.argv.slice(2);

async function keep(): Promise<void> {
  const { keyFile, publicKeyFile } = readConfig(settings, options, argv, process.env);
  const { key, isNew } = await keepKey(keyFile);
  await writePublicKey(publicKeyFile, key);
  process.stdout.write(`${keyFile} ${isNew ? 'is new' : 'was there'}: ${key.keyId}\n`);
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else await runCommand('keys', keep);

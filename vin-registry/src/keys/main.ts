import { helpText, readConfig } from '@passport/runtime';

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
else {
  try {
    await keep();
  } catch (error) {
    // An expected error has a code and a message for people; of any other the stack is wanted.
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`keys: ${'code' in error ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

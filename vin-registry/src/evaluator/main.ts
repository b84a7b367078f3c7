import { randomBytes } from 'node:crypto';

import { readSigningKey } from '@passport/ledger-client';
import { OprfEvaluator } from '@passport/privacy/oprf';
import { helpText, readConfig, runService } from '@passport/runtime';

import { startIntakeService, STOP_MS } from '../start-service.ts';
import { evaluatorApp } from './app.ts';
import { options, settings, usage } from './config.ts';

const argv = process.argv.slice(2);

async function start() {
  const config = readConfig(settings, options, argv, process.env);
  const evaluators = await Promise.all(config.keyFiles.map(readEvaluator));
  return startIntakeService('evaluator', config, ({ countVehicles, ...parts }) =>
    evaluatorApp({ ...parts, evaluators, onEvaluated: countVehicles }),
  );
}

/** A key of the OPRF has the form of a signing key: a private JWK on P-256. */
async function readEvaluator(file: string): Promise<OprfEvaluator> {
  const { privateKey } = await readSigningKey(file);
  const { d = '' } = privateKey.export({ format: 'jwk' });
  return new OprfEvaluator(Buffer.from(d, 'base64url'), randomBytes);
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  await runService({
    name: 'evaluator',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start,
  });
}

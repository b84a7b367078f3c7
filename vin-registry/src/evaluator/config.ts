import { z } from 'zod';

import { commaList, intakeOptions, intakeSettings } from '../intake-settings.ts';
import { KEYS_MAX } from '../wire.ts';

/** Settings of the evaluator. */
export const settings = z.strictObject({
  ...intakeSettings,
  keyFiles: commaList.pipe(z.array(z.string().min(1)).min(1).max(KEYS_MAX)),
});

/** How they are written. */
export const options = {
  host: { flag: 'host', env: 'EVALUATOR_HOST', help: 'Address of the API' },
  port: { flag: 'port', env: 'EVALUATOR_PORT', help: 'Its port; 0 for a free one' },
  ...intakeOptions,
  keyFiles: {
    flag: 'key-files',
    env: 'EVALUATOR_KEYS',
    help: 'Files of its keys (private JWK on P-256), with commas, the current one first',
  },
};

/** What the command says of itself. */
export const usage = `node vin-registry/src/evaluator/main.ts [options]

Evaluates blinded VINs with a key that only it has, and proves it. It sees no VIN and keeps no table.`;

import { z } from 'zod';

/** Settings of the command that keeps a service's key. */
export const settings = z.strictObject({
  keyFile: z.string('a file for the key is needed').min(1),
  publicKeyFile: z.string('a file for its public part is needed').min(1),
});

/** How they are written. */
export const options = {
  keyFile: {
    flag: 'key-file',
    env: 'KEY_FILE',
    help: 'File of the key, a private JWK on P-256: made where there is none, else left as it is',
  },
  publicKeyFile: {
    flag: 'public-key-file',
    env: 'PUBLIC_KEY_FILE',
    help: 'File of its public part, for those who have to know it: a JWK',
  },
};

/** What the command says of itself. */
export const usage = `node vin-registry/src/keys/main.ts [options]

Makes the key of an evaluator or a registry where there is none, writes its public part, and ends.`;

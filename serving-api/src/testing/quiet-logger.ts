import { createLogger } from '@passport/runtime';

/** A logger that says nothing. */
export const quiet = createLogger({
  name: 'serving',
  level: 'error',
  destination: { write: () => {} },
});

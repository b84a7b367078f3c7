import { z } from 'zod';

/** Settings of the command that makes codes for professionals. */
export const settings = z.strictObject({
  enrolments: z.string('a file for the codes is needed').min(1),
});

/** How they are written. */
export const options = {
  enrolments: {
    flag: 'enrolments',
    env: 'WEB_ENROLMENTS',
    help: 'File of the codes, as the pages have it: codes that are open are added to it',
  },
};

/** What the command says of itself. */
export const usage = `node sandbox/src/codes/main.ts [options]

Makes codes by which visitors of a sandbox's pages enrol as professionals, so that one of each trade is
open, prints them, and ends.`;

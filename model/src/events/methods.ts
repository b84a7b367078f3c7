import { codedChoice } from '../wire/parse.ts';

/** How a source came to know what it writes. */
export const methods = ['connected-car', 'dongle', 'professional', 'expert', 'owner'] as const;

export type Method = (typeof methods)[number];

export const method = codedChoice('METHOD_UNKNOWN', methods);

import type { CertificateIssuer } from '@passport/model';

import type { Assets } from '../assets/bundle.ts';
import type { Texts } from '../texts/en/index.ts';

/** What every page gets. */
export type PageEnvironment = {
  readonly assets: Assets;
  /** The serving API as callers know it: what a browser's proofs are for. */
  readonly apiUrl: string;
  readonly texts: Texts;
  /** Whose certificates of cars are believed. */
  readonly certificateIssuers: () => Promise<readonly CertificateIssuer[]>;
};

/** A line of a log book as it was opened: what `@passport/client` makes of one, as far as it is shown. */
export type BookLine = {
  readonly kind: string;
  readonly at: string;
  readonly block: number;
  readonly place: { readonly source: string } | null;
  readonly odometerKm: number | null;
  readonly quality: number | null;
  readonly fields: Readonly<
    Record<string, { readonly value: number | string; readonly unit: string | null }>
  >;
  readonly closed: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  readonly voidedBy: object | null;
};

/** Lines about keys are the wallet's business: nobody reads them as history. */
const silent: ReadonlySet<string> = new Set(['keys-published', 'keys-added']);

/** The lines that tell a car's history, the newest first. */
export function historyOf<Line extends BookLine>(lines: readonly Line[]): Line[] {
  return lines
    .filter(({ kind }) => !silent.has(kind))
    .map((line, index) => ({ line, index }))
    .sort((a, b) => (a.line.at < b.line.at ? 1 : a.line.at > b.line.at ? -1 : b.index - a.index))
    .map(({ line }) => line);
}

/** What plausibility said of a line. */
export function flagsOf({ detail }: Pick<BookLine, 'detail'>): string[] {
  const { flags } = detail;
  return Array.isArray(flags) ? flags.filter((flag) => typeof flag === 'string') : [];
}

/** Flags that say that an odometer's reading cannot be right. */
const doubtful: ReadonlySet<string> = new Set([
  'odometer-lower-than-before',
  'odometer-higher-than-after',
  'odometer-jump',
]);

/** Whether a line's reading cannot be right. */
export function isDoubtful(line: Pick<BookLine, 'detail'>): boolean {
  return flagsOf(line).some((flag) => doubtful.has(flag));
}

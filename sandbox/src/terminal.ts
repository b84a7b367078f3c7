/** Where people read; `style` colours only where colours are wanted. */
export type Terminal = {
  line(text?: string): void;
  /** A headline, with a blank line before it. */
  headline(text: string): void;
  readonly style: Style;
};

/** Marks up a text. */
export type Style = {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
};

/** Select graphic rendition, ECMA-48 section 8.3.117: on, and off again. */
const strong = ['1', '22'] as const;
const faint = ['2', '22'] as const;
const green = ['32', '39'] as const;
const red = ['31', '39'] as const;

/** Plain text, or colours where the output is a terminal and NO_COLOR (no-color.org) is not set. */
export function createTerminal(
  output: { readonly isTTY?: boolean; write(text: string): unknown },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const coloured = output.isTTY === true && (env['NO_COLOR'] ?? '') === '';
  const styled =
    ([on, off]: readonly [string, string]) =>
    (text: string): string =>
      coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  const style = {
    strong: styled(strong),
    faint: styled(faint),
    good: styled(green),
    bad: styled(red),
  };
  const line = (text = ''): void => void output.write(`${text}\n`);
  return { line, headline: (text) => line(`\n${style.strong(text)}`), style };
}

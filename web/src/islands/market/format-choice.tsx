/** @jsxImportSource hono/jsx/dom */
import type { AnswerFormat } from '@passport/client/buyer';

import { market } from '../../texts/en/market.ts';
import { inLanguage } from '../lib/language.ts';

const texts = inLanguage({ en: market }).ask;

/** Formats that are offered here; programs have one more. */
const offered = ['json', 'csv', 'parquet', 'arrow'] as const satisfies readonly AnswerFormat[];

/** In which format an answer comes. Another one is another purchase. */
export function FormatChoice({
  format,
  choose,
}: {
  readonly format: AnswerFormat;
  readonly choose: (format: AnswerFormat) => void;
}) {
  return (
    <div class="field">
      <label for="format">{texts.format}</label>
      <select
        id="format"
        onChange={(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          choose(offered.find((one) => one === value) ?? 'json');
        }}
      >
        {offered.map((one) => (
          <option value={one} selected={one === format}>
            {texts.formats[one]}
          </option>
        ))}
      </select>
    </div>
  );
}

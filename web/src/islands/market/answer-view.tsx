/** @jsxImportSource hono/jsx/dom */
import { useState } from 'hono/jsx/dom';

import { type ShownAnswer, shownAnswer } from '../../market/shown-answer.ts';
import { market } from '../../texts/en/market.ts';
import { Html } from '../lib/html.tsx';
import { inLanguage } from '../lib/language.ts';
import { writer } from '../lib/writer.ts';
import { chartMarkup } from '../../market/chart-markup.tsx';

const texts = inLanguage({ en: market }).answer;

/** Rows that the page shows; a file has them all. */
const ROWS_MAX = 200;

/** An answer as a chart and a table, with units and its block. */
export function AnswerView({ body }: { readonly body: Uint8Array }) {
  const answer = shownAnswer(JSON.parse(new TextDecoder().decode(body)));
  const numbers = answer.columns.filter(({ isNumber }) => isNumber);
  const [metric, setMetric] = useState<string | undefined>(undefined);
  const shown = numbers.find(({ name }) => name === metric) ?? numbers[0];
  if (answer.rows.length === 0) return <p class="empty">{texts.none}</p>;
  return (
    <>
      <p class="block">
        {texts.exact} {writer.whole(answer.block)},{' '}
        {answer.ledgerTime.slice(0, 16).replace('T', ' ')} UTC
      </p>
      {shown !== undefined && (
        <>
          {numbers.length > 1 && (
            <div class="field">
              <label for="chart-of">{texts.chart}</label>
              <select
                id="chart-of"
                onChange={(event: Event) => setMetric((event.target as HTMLSelectElement).value)}
              >
                {numbers.map(({ name, unit }) => (
                  <option value={name} selected={name === shown.name}>
                    {unit === null ? name : `${name} (${unit})`}
                  </option>
                ))}
              </select>
            </div>
          )}
          <div class="picture">
            <Html markup={chartMarkup(answer, shown, writer)} />
          </div>
        </>
      )}
      <AnswerTable answer={answer} />
    </>
  );
}

function AnswerTable({ answer: { columns, rows } }: { readonly answer: ShownAnswer }) {
  const shown = rows.slice(0, ROWS_MAX);
  return (
    <>
      <div class="table answer-table" tabindex={0} role="region" aria-label={texts.table}>
        <table>
          <thead>
            <tr>
              {columns.map(({ name, unit, isNumber }) => (
                <th scope="col" class={isNumber ? 'number' : ''}>
                  {unit === null ? name : `${name} (${unit})`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr>
                {columns.map(({ isNumber }, at) => (
                  <td class={isNumber ? 'number' : ''}>{cellText(row[at], isNumber)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="block">{texts.rows(shown.length, rows.length)}</p>
    </>
  );
}

function cellText(cell: string | number | boolean | null | undefined, isNumber: boolean): string {
  if (cell === null || cell === undefined) return texts.nothing;
  if (typeof cell === 'number') {
    return Number.isInteger(cell) ? writer.whole(cell) : String(cell);
  }
  return cell === '*' && !isNumber ? texts.any : String(cell);
}

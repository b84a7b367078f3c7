import type { Writer } from '../book/people-units.ts';
import { BarChart } from '../charts/bar-chart.tsx';
import { DayChart } from '../charts/day-chart.tsx';
import { markupOf } from '../layout/markup-of.ts';
import { market } from '../texts/en/market.ts';
import { chartValues, isByDay, type ShownAnswer, type ShownColumn } from './shown-answer.ts';

/** Bars that a person can take in at once. */
const BARS_MAX = 15;

/** The chart of one column of an answer as SVG: a line through days, else its largest rows as bars. */
export function chartMarkup(answer: ShownAnswer, column: ShownColumn, writer: Writer): string {
  const texts = market.answer;
  const values = chartValues(answer, column.name, texts);
  const title = column.unit === null ? column.name : `${column.name} (${column.unit})`;
  const format = (value: number): string =>
    Number.isInteger(value) ? writer.whole(value) : writer.decimal(value, 2);
  const words = { title, describe: texts.describe(values.length), format };
  if (values.length === 0) return '';
  if (isByDay(answer)) return markupOf(<DayChart bars={values} {...words} />);
  const bars = [...values].sort((a, b) => b.value - a.value).slice(0, BARS_MAX);
  const more = values.length - bars.length;
  return markupOf(
    <>
      <BarChart bars={bars} {...words} />
      {more > 0 && <p class="block">{texts.more(more)}</p>}
    </>,
  );
}

import { DayChart } from '../charts/day-chart.tsx';
import { FigureTable } from '../layout/figure-table.tsx';
import { markupOf } from '../layout/markup-of.ts';
import { pccOf } from '../market/pcc-text.ts';
import { type EarnedDay, pccByDay } from './earned-by-day.ts';

/** What was earned through days as SVG; nothing where it is one day only. */
export function dayMarkup(
  days: readonly EarnedDay[],
  words: { readonly chart: string; readonly describe: string },
): string {
  const bars = pccByDay(days);
  if (bars.length < 2) return '';
  const format = (value: number): string => String(Math.round(value * 1_000_000) / 1_000_000);
  return markupOf(
    <DayChart bars={bars} title={words.chart} describe={words.describe} format={format} />,
  );
}

/** The same by day and product, as a table. */
export function dayTableMarkup(
  days: readonly EarnedDay[],
  words: Readonly<Record<'byDay' | 'day' | 'product' | 'sales' | 'amount', string>>,
): string {
  return markupOf(
    <FigureTable
      label={words.byDay}
      columns={[
        { name: words.day },
        { name: words.product },
        { name: words.sales, isNumber: true },
        { name: words.amount, isNumber: true },
      ]}
      rows={days.map(({ day, product, sales, micro }) => [day, product, sales, pccOf(micro)])}
    />,
  );
}

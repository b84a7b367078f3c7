import type { MarketSplit } from '@passport/model';

import type { ApiAnswer } from '../../http/api-reader.ts';
import { BarChart } from '../../charts/bar-chart.tsx';
import { markupOf } from '../../layout/markup-of.ts';
import { Picture } from '../../layout/document.tsx';
import { FigureTable } from '../../layout/figure-table.tsx';
import { pccOf } from '../../market/pcc-text.ts';
import type { Texts } from '../../texts/en/index.ts';
import { type MarketSummary, roleShares } from './market-summary.ts';

type Words = Texts['contributor'];

/** How the money of all sales was shared, by role and product. */
export function Shared({
  texts,
  summary,
  split,
}: {
  readonly texts: Words;
  readonly summary: ApiAnswer<MarketSummary>;
  /** The rule that is in force, where the ledger can be asked. */
  readonly split: MarketSplit | undefined;
}) {
  const words = texts.shared;
  return (
    <section aria-labelledby="shared">
      <h2 id="shared">{words.title}</h2>
      {summary.is === 'there' ? (
        <Sums texts={texts} summary={summary.value} split={split} />
      ) : (
        <p class="notice notice-warn">{words.away}</p>
      )}
    </section>
  );
}

function Sums({
  texts,
  summary,
  split,
}: {
  readonly texts: Words;
  readonly summary: MarketSummary;
  readonly split: MarketSplit | undefined;
}) {
  const words = texts.shared;
  const { sold, waiting, distributed, owners } = summary;
  if (sold.receipts === 0) return <p class="empty">{words.none}</p>;
  const pcc = (micro: bigint): string => `${pccOf(micro)} ${texts.pcc}`;
  return (
    <>
      <ul class="figures">
        <li>
          <strong>{pcc(sold.amount)}</strong> {words.sold}, {words.receipts(sold.receipts)}
        </li>
        <li>
          <strong>{pcc(distributed.amount)}</strong> {words.distributed},{' '}
          {words.distributions(distributed.distributions)}
        </li>
        <li>
          <strong>{pcc(waiting.amount)}</strong> {words.waiting}
        </li>
        <li>
          <strong>{pcc(owners.unclaimed)}</strong> {words.unclaimed}
        </li>
      </ul>
      {distributed.distributions > 0 && <Roles texts={texts} summary={summary} split={split} />}
      {distributed.carried > 0n && (
        <p class="hint">
          {pcc(distributed.carried)} {words.carried}
        </p>
      )}
      <Products texts={texts} summary={summary} />
    </>
  );
}

function Roles({
  texts,
  summary,
  split,
}: {
  readonly texts: Words;
  readonly summary: MarketSummary;
  readonly split: MarketSplit | undefined;
}) {
  const words = texts.shared;
  const shares = roleShares(summary);
  const bars = shares.map(({ role, micro }) => ({
    label: words.roles[role],
    value: Number(micro) / 1_000_000,
  }));
  return (
    <>
      <Picture
        svg={markupOf(
          <BarChart
            bars={bars}
            title={words.chart}
            describe={words.describe}
            format={(value) => String(Math.round(value * 1_000_000) / 1_000_000)}
          />,
        )}
      />
      <FigureTable
        label={words.title}
        columns={[
          { name: words.role },
          { name: words.amount, isNumber: true },
          { name: words.share, isNumber: true },
          ...(split === undefined ? [] : [{ name: words.rule, isNumber: true }]),
        ]}
        rows={shares.map(({ role, micro, permille }) => [
          words.roles[role],
          pccOf(micro),
          `${permille / 10} %`,
          ...(split === undefined ? [] : [`${split[role] / 10} %`]),
        ])}
      />
    </>
  );
}

function Products({
  texts: { shared: words },
  summary: { products },
}: {
  readonly texts: Words;
  readonly summary: MarketSummary;
}) {
  return (
    <>
      <h3>{words.products}</h3>
      {products.length === 0 ? (
        <p class="empty">{words.productNone}</p>
      ) : (
        <FigureTable
          label={words.products}
          columns={[
            { name: words.product },
            { name: words.sales, isNumber: true },
            { name: words.amount, isNumber: true },
          ]}
          rows={products.map(({ product, receipts, amount }) => [
            <a href={`/market/${product}`}>{product}</a>,
            receipts,
            pccOf(amount),
          ])}
        />
      )}
    </>
  );
}

import type { Texts } from '../../texts/en/index.ts';
import { priceParts } from './price-text.ts';
import type { ProductSummary } from '@passport/client/products';

/** What somebody looks for. */
export type CatalogueSearch = { readonly q: string; readonly purpose: string };

/** Purposes that products may be sold for; a search for another one finds nothing. */
const purposes = ['insurance', 'sale', 'inspection', 'maintenance', 'claim', 'research'] as const;

/** The form that looks for products. It is a link: no script is needed. */
export function SearchForm({
  texts,
  search: { q, purpose },
}: {
  readonly texts: Texts['market'];
  readonly search: CatalogueSearch;
}) {
  const { search } = texts;
  return (
    <form class="search" role="search" action="/market" method="get">
      <div class="field">
        <label for="q">{search.words}</label>
        <input id="q" name="q" type="search" maxlength={200} value={q} />
      </div>
      <div class="field">
        <label for="purpose">{search.purpose}</label>
        <select id="purpose" name="purpose">
          <option value="">{search.anyPurpose}</option>
          {purposes.map((name) => (
            <option value={name} selected={name === purpose}>
              {texts.purposes[name]}
            </option>
          ))}
        </select>
      </div>
      <button type="submit">{search.find}</button>
    </form>
  );
}

/** The products that were found. */
export function ProductCards({
  texts,
  products,
}: {
  readonly texts: Texts['market'];
  readonly products: readonly ProductSummary[];
}) {
  if (products.length === 0) {
    return (
      <p class="empty">
        {texts.search.nothing} <a href="/market">{texts.search.all}</a>
      </p>
    );
  }
  return (
    <ul class="grid">
      {products.map((product) => (
        <li class="card">
          <h2>
            <a href={`/market/${product.product}`}>{product.title}</a>
          </h2>
          <p>{product.summary}</p>
          <Facts texts={texts} product={product} />
        </li>
      ))}
    </ul>
  );
}

/** Quality, freshness, crowd and price of a product, each with its unit and its block. */
export function Facts({
  texts,
  product: { live, prices, privacy, purposes: allowed, refresh },
}: {
  readonly texts: Texts['market'];
  readonly product: ProductSummary;
}) {
  const { facts } = texts;
  return (
    <>
      <dl class="pairs">
        <dt>{facts.purposes}</dt>
        <dd>{allowed.map((name) => wordFor(texts.purposes, name)).join(', ')}</dd>
        <dt>{facts.privacy}</dt>
        <dd>
          {privacy.rule === 'released'
            ? facts.crowd(privacy.vehiclesMin, privacy.ownersMin)
            : facts.consent}
        </dd>
        <dt>{facts.refresh}</dt>
        <dd>{wordFor(texts.refresh, refresh)}</dd>
        {live !== null && (
          <>
            <dt>{facts.quality}</dt>
            <dd>
              {live.meanQuality === null ? facts.noQuality : facts.ofThousand(live.meanQuality)}
            </dd>
            <dt>{facts.size}</dt>
            <dd>{facts.batches(live.batches, live.vehicles)}</dd>
          </>
        )}
        {prices.map((price) => {
          const { base, unit } = priceParts(price);
          return (
            <>
              <dt>{wordFor(texts.answers, price.answer)}</dt>
              <dd>{facts.price(base, unit, wordFor(texts.units, price.answer))}</dd>
            </>
          );
        })}
      </dl>
      {live !== null && (
        <p class="block">
          {facts.asOf} {live.block}, {live.ledgerTime.slice(0, 16).replace('T', ' ')} UTC
        </p>
      )}
    </>
  );
}

/** A word for a name of the model; the name itself where there is none yet. */
export function wordFor(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name;
}

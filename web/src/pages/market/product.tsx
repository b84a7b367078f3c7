import { LoadingIsland } from '../../layout/document.tsx';
import { builderViews } from '../../market/builder-views.ts';
import { sqlExamples } from '../../market/sql-examples.ts';
import type { Texts } from '../../texts/en/index.ts';
import { Facts, wordFor } from './catalogue.tsx';
import type { ProductDetail } from './products.ts';

/** One product: what it is, what it costs, and where one asks. */
export function ProductView({
  texts,
  product,
  hasBank,
}: {
  readonly texts: Texts['market'];
  readonly product: ProductDetail;
  readonly hasBank: boolean;
}) {
  const words = texts.product;
  const { descriptor, answers, views } = product;
  const isAsked = answers.includes('view') || answers.includes('sql');
  return (
    <>
      <p>
        <a href="/market">{words.back}</a>
      </p>
      <h1>{product.title}</h1>
      <p class="lead">{product.summary}</p>
      <section class="card" aria-label={product.title}>
        <Facts texts={texts} product={product} />
      </section>
      <h2>{words.ask}</h2>
      {isAsked ? (
        <LoadingIsland
          name="market"
          data={{
            product: product.product,
            hasBank,
            views: answers.includes('view') ? builderViews(views, descriptor.fields) : [],
            examples: answers.includes('sql') ? sqlExamples(product.tables) : [],
          }}
          texts={texts}
        />
      ) : (
        <Single texts={texts} />
      )}
      <Samples texts={texts} product={product} />
      <Schema texts={texts} product={product} />
      <Terms texts={texts} product={product} />
    </>
  );
}

function Single({ texts: { product: words } }: { readonly texts: Texts['market'] }) {
  return (
    <div class="card">
      <p>{words.single}</p>
      <pre tabindex={0}>passport query --vid VID --out history.json</pre>
      <p class="hint">{words.singleHint}</p>
    </div>
  );
}

type Part = { readonly texts: Texts['market']; readonly product: ProductDetail };

function Samples({ texts, product: { samples, live } }: Part) {
  const words = texts.product;
  const shown = samples.filter(({ rows }) => rows.rows.length > 0);
  return (
    <section aria-labelledby="sample">
      <h2 id="sample">{words.sample}</h2>
      {shown.length === 0 ? (
        <p class="empty">{words.noSample}</p>
      ) : (
        <p class="quiet">{words.sampleHint}</p>
      )}
      {shown.map(({ table, rows }) => (
        <>
          <h3>
            <code>{table}</code>
          </h3>
          <div class="table" tabindex={0} role="region" aria-label={`${words.sample}: ${table}`}>
            <table>
              <thead>
                <tr>
                  {rows.columns.map(({ name, unit }, at) => (
                    <th scope="col" class={typeof rows.rows[0]?.[at] === 'string' ? '' : 'number'}>
                      {name}
                      {unit !== null && ` (${unit})`}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.rows.map((row) => (
                  <tr>
                    {row.map((cell) => (
                      <td {...(typeof cell === 'string' ? {} : { class: 'number' })}>
                        {cell === null ? '' : String(cell)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      ))}
      {live !== null && shown.length > 0 && (
        <p class="block">{`${texts.facts.asOf} ${live.block}`}</p>
      )}
    </section>
  );
}

function Schema({ texts: { product: words }, product: { descriptor } }: Part) {
  return (
    <details>
      <summary>{words.schema}</summary>
      <div class="table" tabindex={0} role="region" aria-label={words.schema}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.column}</th>
              <th scope="col">{words.role}</th>
              <th scope="col">{words.unit}</th>
              <th scope="col">{words.means}</th>
            </tr>
          </thead>
          <tbody>
            {descriptor.fields.map(({ name, role, type, unit, means }) => (
              <tr>
                <td>
                  <code>{name}</code>
                </td>
                <td>{`${role}, ${type}`}</td>
                <td>{unit ?? ''}</td>
                <td>{means}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const HOUR_MS = 3_600_000;

function Terms({ texts, product: { descriptor, version, digest, revisions } }: Part) {
  const words = texts.product;
  const { terms, quality, providers } = descriptor;
  const observed = providers
    .map(({ method, permille }) => `${wordFor(texts.methods, method)} ${permille / 10} %`)
    .join(', ');
  return (
    <section aria-labelledby="terms">
      <h2 id="terms">{words.terms}</h2>
      <p>{terms.text}</p>
      <dl class="pairs">
        <dt>{words.licence}</dt>
        <dd>{terms.licence}</dd>
        <dt>{words.resell}</dt>
        <dd>{terms.mayResell ? words.mayResell : words.mayNotResell}</dd>
        <dt>{words.retention}</dt>
        <dd>{words.days(terms.retentionDays)}</dd>
        <dt>{words.promise}</dt>
        <dd>{words.promised(quality.indexMin, Math.round(quality.ageMsMax / HOUR_MS))}</dd>
        <dt>{words.observed}</dt>
        <dd>{observed}</dd>
        <dt>{words.versions}</dt>
        <dd>
          {version === null ? words.unpublished : `${version}, `}
          {version !== null && <code>{digest}</code>}
          {revisions.length > 0 && `, ${revisions[0]?.publishedAt.slice(0, 10) ?? ''}`}
        </dd>
      </dl>
    </section>
  );
}

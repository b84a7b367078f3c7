/** @jsxImportSource hono/jsx/dom */
import type { Vid } from '@passport/model';

import { dayMarkup, dayTableMarkup } from '../../contributor/day-markup.tsx';
import { type EarnedDay, earnedByDay, type EarnedSale } from '../../contributor/earned-by-day.ts';
import { contributor } from '../../texts/en/contributor.ts';
import { Html } from '../lib/html.tsx';
import { inLanguage } from '../lib/language.ts';
import { Loaded } from '../lib/loaded.tsx';
import { Earnings, readStatement } from '../owner/earnings.tsx';
import type { OwnerSession } from '../owner/session.ts';

const texts = inLanguage({ en: contributor });

/** Distributions that a page counts; there may be one every quarter of an hour. */
const PAGES_MAX = 20;

/** What one car earned: its sums and its newest sales as its owner's page has them, and all by day and product. */
export function CarEarnings({
  session,
  vid,
}: {
  readonly session: OwnerSession;
  readonly vid: Vid;
}) {
  return (
    <article class="card" aria-label={vid}>
      <p class="small">
        {texts.yours.car} <code>{vid}</code>
      </p>
      <Earnings session={session} vid={vid} />
      <h3>{texts.yours.byDay}</h3>
      <Loaded
        load={() => salesOf(session, vid)}
        watch={[vid]}
        loading={texts.loading}
        again={texts.again}
      >
        {({ sales, isAll }) => (
          <>
            <Days days={earnedByDay(sales)} />
            {!isAll && <p class="hint">{texts.yours.older(PAGES_MAX)}</p>}
          </>
        )}
      </Loaded>
    </article>
  );
}

async function salesOf(
  session: OwnerSession,
  vid: Vid,
): Promise<{ readonly sales: readonly EarnedSale[]; readonly isAll: boolean }> {
  const sales: EarnedSale[] = [];
  let before: number | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await readStatement(session, vid, before);
    if (answer === undefined) return { sales, isAll: true };
    sales.push(...answer.lines);
    // The next page is of what was distributed before.
    if (answer.next === null) return { sales, isAll: true };
    before = answer.next;
  }
  return { sales, isAll: false };
}

function Days({ days }: { readonly days: readonly EarnedDay[] }) {
  const words = texts.yours;
  if (days.length === 0) return <p class="empty">{words.none}</p>;
  return (
    <>
      <div class="picture">
        <Html markup={dayMarkup(days, words)} />
      </div>
      <Html markup={dayTableMarkup(days, words)} />
    </>
  );
}

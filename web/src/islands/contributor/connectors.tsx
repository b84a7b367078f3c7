/** @jsxImportSource hono/jsx/dom */
import * as z from 'zod/mini';

import { contributor } from '../../texts/en/contributor.ts';
import { inLanguage } from '../lib/language.ts';
import { writer } from '../lib/writer.ts';

const words = inLanguage({ en: contributor }).feeds;

const refused = z.array(z.object({ reason: z.string(), count: z.number() }));

const feed = z.object({
  ...{ source: z.string(), feed: z.string() },
  ...{ lastHour: z.number(), rows: z.number(), recorded: z.number(), known: z.number() },
  newestAt: z.nullable(z.string()),
  ...{ halfMs: z.nullable(z.number()), mostMs: z.nullable(z.number()) },
  ...{ refusedRows: refused, rejectedCalls: refused },
});

/** What the portal answers of the feeds of its member. */
export const feedsAnswer = z.object({
  connectors: z.array(z.object({ name: z.string(), isAway: z.boolean(), feeds: z.array(feed) })),
});

/** One connector in {@link feedsAnswer}. */
export type ConnectorAnswer = z.output<typeof feedsAnswer>['connectors'][number];

type Feed = ConnectorAnswer['feeds'][number];

/** How each feed of each connector is. */
export function Connectors({
  connectors,
  block,
}: {
  readonly connectors: readonly ConnectorAnswer[];
  readonly block: number | null;
}) {
  if (connectors.length === 0) return <p class="empty">{words.none}</p>;
  return (
    <>
      {connectors.map(({ name, isAway, feeds }) => (
        <>
          {isAway && <p class="notice notice-warn">{words.away(name)}</p>}
          {!isAway && feeds.length === 0 && <p class="empty">{words.quiet(name)}</p>}
          {feeds.map((one) => (
            <FeedCard feed={one} />
          ))}
        </>
      ))}
      {block !== null && (
        <p class="block">
          {words.block} {writer.whole(block)}.
        </p>
      )}
    </>
  );
}

function FeedCard({ feed: one }: { readonly feed: Feed }) {
  const { source, feed: name, lastHour, rows, recorded, known, newestAt, halfMs, mostMs } = one;
  const { whole } = writer;
  return (
    <article class="card" aria-label={`${source} ${name}`}>
      <h3>
        <code>{source}</code> · {name}
      </h3>
      <ul class="figures">
        <li>
          <strong>{whole(lastHour)}</strong> {words.lastHour},{' '}
          {words.perMinute((lastHour / 60).toFixed(1))}
        </li>
        <li>
          <strong>{words.recorded(whole(recorded), whole(rows))}</strong> {words.since}
          {known > 0 && `, ${words.known(whole(known))}`}
        </li>
        <li>
          <strong>
            {halfMs === null || mostMs === null
              ? words.latencyNone
              : `${words.half(whole(halfMs))}, ${words.most(whole(mostMs))}`}
          </strong>{' '}
          {words.latency}
        </li>
        <li>
          <strong>
            {newestAt === null ? words.never : `${newestAt.slice(0, 16).replace('T', ' ')} UTC`}
          </strong>{' '}
          {words.newest}
        </li>
      </ul>
      <Refused feed={one} />
    </article>
  );
}

function Refused({
  feed: { source, feed: name, refusedRows, rejectedCalls },
}: {
  readonly feed: Feed;
}) {
  const lines = [
    ...refusedRows.map(({ reason, count }) => [reason, words.rowsUnit(writer.whole(count))]),
    ...rejectedCalls.map(({ reason, count }) => [
      words.rejected(reason),
      words.callsUnit(writer.whole(count)),
    ]),
  ];
  if (lines.length === 0) return <p class="quiet">{words.refusedNone}</p>;
  return (
    <div
      class="table"
      tabindex={0}
      role="region"
      aria-label={`${words.refused}: ${source} ${name}`}
    >
      <table>
        <caption>{words.refused}</caption>
        <thead>
          <tr>
            <th scope="col">{words.reason}</th>
            <th scope="col" class="number">
              {words.count}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(([reason, count]) => (
            <tr>
              <td>{reason}</td>
              <td class="number">{count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

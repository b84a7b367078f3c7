import type { ReleasedWindow, ReleasePoint } from '@passport/model';

import { barChart } from '../../charts/bars.ts';
import type { Connection } from '../../islands/live/live-state.ts';
import {
  clock,
  kilometres,
  type Known,
  type LiveViewProps,
  type LiveWords,
  Released,
} from './live-parts.tsx';
import { Places } from './live-places.tsx';

/** Bars that there is room for, and rows of the table beside them. */
const [ROOM, ROWS] = [60, 8];

/** Everything behind the door Live but its title. */
export function LiveView(props: LiveViewProps) {
  const { figures, words } = props;
  return (
    <>
      <State {...props} />
      {figures === undefined ? (
        <p class="empty">{props.height === undefined ? words.away : words.empty}</p>
      ) : (
        <>
          <Windows {...props} figures={figures} />
          <Series {...props} />
          <Places {...props} figures={figures} />
          <Kinds {...props} figures={figures} />
        </>
      )}
    </>
  );
}

const chips: Readonly<Record<Connection, string>> = {
  still: 'chip',
  opening: 'chip',
  live: 'chip chip-good',
  lost: 'chip chip-bad',
  offline: 'chip chip-bad',
  quiet: 'chip chip-warn',
  stalled: 'chip chip-bad',
};

function State({ words, language, connection, figures, height }: LiveViewProps) {
  const known = (value: number | null | undefined): string =>
    value === null || value === undefined ? words.unknown : value.toLocaleString(language);
  const time = height?.ledgerTime ?? figures?.ledgerTime;
  const why = connection === 'stalled' ? `: ${height?.trouble ?? ''}` : '';
  return (
    <>
      <p class={chips[connection]} role="status">
        {words.connection[connection]}
        {why}
      </p>
      <ul class="figures tight">
        <li>
          <span class="small quiet">{words.height}</span>
          <strong>
            {words.block} {known(height?.block)}
          </strong>
        </li>
        <li>
          <span class="small quiet">{words.releasedTo}</span>
          <strong>
            {words.block} {known(figures?.block)}
          </strong>
        </li>
        <li>
          <span class="small quiet">{words.ledgerTime}</span>
          <strong>{time === undefined || time === null ? words.unknown : clock(time)}</strong>
          {time?.slice(0, 10)}
        </li>
      </ul>
    </>
  );
}

function Windows({ words, language, figures }: Known) {
  const text = words.windows;
  return (
    <section aria-labelledby="windows">
      <h2 id="windows">{text.title}</h2>
      <p class="quiet">
        {text.hint} <Released {...{ words, language, figures }} />
      </p>
      <ul class="grid">
        {figures.windows.map((window) => (
          <li class="card">
            <h3>{text.names[window.window] ?? window.window}</h3>
            <p class="big">
              <strong>{window.events.toLocaleString(language)}</strong> {text.events}
            </p>
            <p>{windowWords(window, text, language)}</p>
            {!window.isWhole && <p class="small quiet">{text.partial}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function windowWords(
  { trips, distanceM, releases, batches }: ReleasedWindow,
  text: LiveWords['windows'],
  language: string,
): string {
  return [
    `${trips.toLocaleString(language)} ${text.trips}`,
    `${kilometres(distanceM, language)} ${text.km}`,
    `${batches.toLocaleString(language)} ${text.batches}`,
    `${releases.toLocaleString(language)} ${text.releases}`,
  ].join(' · ');
}

function Series({ words, language, releases }: LiveViewProps) {
  const text = words.series;
  const shown = releases.slice(-ROOM);
  const [first, last] = [shown[0], shown.at(-1)];
  const n = (value: number): string => value.toLocaleString(language);
  return (
    <section aria-labelledby="series">
      <h2 id="series">{text.title}</h2>
      {first === undefined || last === undefined ? (
        <p class="empty">{text.none}</p>
      ) : (
        <>
          <p class="quiet">{text.hint}</p>
          <div
            class="picture"
            dangerouslySetInnerHTML={{ __html: seriesChart(shown, words, language) }}
          />
          <p class="axis small quiet">
            <span>
              {text.from} {n(first.block)}
            </span>
            <span>
              {text.to} {n(last.block)}
            </span>
          </p>
          <details>
            <summary>{text.table}</summary>
            <div class="table" role="region" aria-label={text.table} tabindex={0}>
              <table>
                <thead>
                  <tr>
                    <th class="number">{words.block}</th>
                    <th>{text.time}</th>
                    <th class="number">{words.windows.events}</th>
                    <th class="number">{words.windows.trips}</th>
                    <th class="number">{words.windows.km}</th>
                    <th class="number">{words.windows.batches}</th>
                  </tr>
                </thead>
                <tbody>
                  {shown
                    .slice(-ROWS)
                    .toReversed()
                    .map(({ block, ledgerTime, events, trips, distanceM, batches }) => (
                      <tr>
                        <td class="number">{n(block)}</td>
                        <td>{clock(ledgerTime)}</td>
                        <td class="number">{n(events)}</td>
                        <td class="number">{n(trips)}</td>
                        <td class="number">{kilometres(distanceM, language)}</td>
                        <td class="number">{n(batches)}</td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </section>
  );
}

function seriesChart(shown: readonly ReleasePoint[], words: LiveWords, language: string): string {
  const text = words.series;
  const most = Math.max(...shown.map(({ events }) => events));
  return barChart(
    shown.map(({ block, ledgerTime, events, distanceM }) => ({
      value: events,
      says: text.says(
        block.toLocaleString(language),
        clock(ledgerTime),
        events.toLocaleString(language),
        kilometres(distanceM, language),
      ),
    })),
    ROOM,
    {
      id: 'series-chart',
      title: text.chart,
      description: text.describe(shown.length, most.toLocaleString(language)),
    },
  );
}

function Kinds({ words, language, figures }: Known) {
  const text = words.kinds;
  return (
    <section aria-labelledby="kinds">
      <h2 id="kinds">{text.title}</h2>
      <div class="table" role="region" aria-label={text.title} tabindex={0}>
        <table>
          <thead>
            <tr>
              <th>{text.kind}</th>
              <th class="number">{text.events}</th>
            </tr>
          </thead>
          <tbody>
            {figures.kinds
              .toSorted((one, other) => other.events - one.events)
              .map(({ kind, events }) => (
                <tr>
                  <td>{kind}</td>
                  <td class="number">{events.toLocaleString(language)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      <p class="block">
        <Released {...{ words, language, figures }} />
      </p>
    </section>
  );
}

import type { LiveFigures, Member, Source } from '@passport/model';

import { lineChart } from '../../charts/line.ts';
import { count } from './figures.ts';
import { Missing, Part, Table, Wide, type Words } from './parts.tsx';

/** Members, their roles and their sources, with the index that auditors gave. */
export function Members({
  members,
  sources,
  ...words
}: Words & {
  readonly members: readonly Member[] | undefined;
  readonly sources: readonly Source[] | undefined;
}) {
  const text = words.texts.consortium.members;
  return (
    <Part id="members" title={text.title}>
      {members === undefined ? (
        <Missing {...words} />
      ) : members.length === 0 ? (
        <p class="empty">{text.none}</p>
      ) : (
        <Table
          caption={text.caption}
          head={[
            text.member,
            text.source,
            text.kind,
            text.methods,
            { number: text.index },
            text.state,
          ]}
        >
          {members.map((member) => (
            <MemberRows
              member={member}
              sources={(sources ?? []).filter(({ source }) =>
                source.startsWith(`${member.mspId}/`),
              )}
              {...words}
            />
          ))}
        </Table>
      )}
    </Part>
  );
}

function MemberRows({
  member: { mspId, name, roles, status },
  sources,
  ...words
}: Words & { readonly member: Member; readonly sources: readonly Source[] }) {
  const text = words.texts.consortium.members;
  return (
    <>
      <tr class="group">
        <th scope="rowgroup" colspan={5}>
          {name}{' '}
          <span class="quiet small">
            {mspId} · {roles.join(', ')}
          </span>
        </th>
        <td>
          <span class={status === 'active' ? 'chip chip-good' : 'chip chip-bad'}>
            {text[status]}
          </span>
        </td>
      </tr>
      {sources.map(({ source, kind, methods, index, status: state, suspendedBy }) => (
        <tr>
          <td />
          <td>{source.slice(mspId.length + 1)}</td>
          <td>{kind}</td>
          <td>{methods.length === 0 ? text.noMethods : methods.join(', ')}</td>
          <td class="number">{index === null ? text.notRated : count(index, words.language)}</td>
          <td>{suspendedBy === undefined ? text[state] : text.suspendedBy(suspendedBy)}</td>
        </tr>
      ))}
    </>
  );
}

/** Mean quality of what was released, by day and by kind of source. */
export function Quality({
  figures,
  ...words
}: Words & { readonly figures: LiveFigures | undefined }) {
  const text = words.texts.consortium.quality;
  const days = figures?.quality.days ?? [];
  const [first, last] = [days[0], days.at(-1)];
  return (
    <Part id="quality" title={text.title}>
      <p class="quiet">{text.lead}</p>
      {figures === undefined || first === undefined || last === undefined ? (
        <p class="empty">{text.none}</p>
      ) : (
        <>
          <QualityChart days={days} first={first.day} last={last.day} {...words} />
          <details>
            <summary>{text.table}</summary>
            <Table
              caption={text.chart}
              head={[text.day, { number: text.mean }, { number: text.events }]}
            >
              {days.map(({ day, meanQuality, events }) => (
                <tr>
                  <td>{day}</td>
                  <td class="number">{count(Math.round(meanQuality), words.language)}</td>
                  <td class="number">{count(events, words.language)}</td>
                </tr>
              ))}
            </Table>
          </details>
        </>
      )}
      {figures !== undefined && figures.quality.sourceKinds.length > 0 && (
        <>
          <h3>{text.bySource}</h3>
          <Table
            caption={text.bySource}
            head={[text.kind, { number: text.mean }, { number: text.events }]}
          >
            {figures.quality.sourceKinds.map(({ sourceKind, meanQuality, events }) => (
              <tr>
                <td>{sourceKind === '*' ? text.any : sourceKind}</td>
                <td class="number">{count(Math.round(meanQuality), words.language)}</td>
                <td class="number">{count(events, words.language)}</td>
              </tr>
            ))}
          </Table>
          <p class="block">
            {words.texts.consortium.released} {count(figures.block, words.language)}
          </p>
        </>
      )}
    </Part>
  );
}

/** From the lowest hundred to the highest one: quality differs by tens of points. */
function QualityChart({
  days,
  first,
  last,
  texts,
}: Words & {
  readonly days: LiveFigures['quality']['days'];
  readonly first: string;
  readonly last: string;
}) {
  const text = texts.consortium.quality;
  const values = days.map(({ meanQuality }) => meanQuality);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const floor = Math.max(0, Math.floor(low / 100) * 100);
  const ceiling = Math.min(1000, Math.max(floor + 100, Math.ceil(high / 100) * 100));
  const points = days.map(({ day, meanQuality, events }) => ({
    value: meanQuality,
    says: `${day}: ${Math.round(meanQuality)}, ${text.events} ${events}`,
  }));
  const rounded = (value: number): string => String(Math.round(value));
  return (
    <figure class="figure">
      <figcaption>
        {text.mean}: {floor} – {ceiling}
      </figcaption>
      <Wide
        label={text.chart}
        svg={lineChart(
          points,
          { floor, ceiling },
          {
            id: 'quality-chart',
            title: text.chart,
            description: text.describe(days.length, first, last, rounded(low), rounded(high)),
          },
        )}
      />
      <p class="axis small quiet">
        <span>{first}</span>
        <span>{last}</span>
      </p>
    </figure>
  );
}

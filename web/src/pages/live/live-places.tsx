import type { StreamedFigures } from '../../api/live-answers.ts';
import { escapeText } from '../../charts/svg.ts';
import { kilometres, type Known, type LiveWords, Released } from './live-parts.tsx';
import type { RegionMap } from './region-cells.ts';

/** How dark a region can be. */
const LEVELS = 5;

/** Regions on a map, and in a table. */
export function Places({ words, language, figures, map, moved }: Known) {
  const text = words.map;
  const isMoved = new Set(moved);
  const regions = figures.regions.toSorted((one, other) => other.trips - one.trips);
  return (
    <section aria-labelledby="places">
      <h2 id="places">{text.title}</h2>
      <p class="quiet">{text.hint}</p>
      {regions.length === 0 ? (
        <p class="empty">{text.none}</p>
      ) : (
        <div class="split">
          {map === undefined ? (
            <p class="empty">{text.noPlace}</p>
          ) : (
            <div
              class="picture"
              dangerouslySetInnerHTML={{ __html: mapPicture(map, figures, isMoved, text) }}
            />
          )}
          <div class="table" role="region" aria-label={text.title} tabindex={0}>
            <table>
              <thead>
                <tr>
                  <th>{text.region}</th>
                  <th class="number">{text.trips}</th>
                  <th class="number">{text.km}</th>
                  <th class="number">{text.events}</th>
                </tr>
              </thead>
              <tbody>
                {regions.map(({ region, trips, distanceM, events }) => (
                  <tr class={isMoved.has(region) ? 'moved' : ''}>
                    <td>{region === '*' ? text.any : region}</td>
                    <td class="number">{trips.toLocaleString(language)}</td>
                    <td class="number">{kilometres(distanceM, language)}</td>
                    <td class="number">{events.toLocaleString(language)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
      <p class="block">
        <Released {...{ words, language, figures }} />
      </p>
    </section>
  );
}

function mapPicture(
  { width, height, lattice, shapes }: RegionMap,
  { regions }: StreamedFigures,
  isMoved: ReadonlySet<string>,
  text: LiveWords['map'],
): string {
  const tripsOf = new Map(regions.map(({ region, trips }) => [region, trips]));
  const most = Math.max(1, ...shapes.map(({ region }) => tripsOf.get(region) ?? 0));
  const drawn = shapes.map(({ region, path, x, y }) => {
    const trips = tripsOf.get(region) ?? 0;
    const level = Math.max(1, Math.ceil((Math.max(0, trips) / most) * LEVELS));
    const classes = `cells level-${level}${isMoved.has(region) ? ' moved' : ''}`;
    return [
      `<path class="${classes}" d="${path}"><title>${escapeText(`${region}: ${trips}`)}</title></path>`,
      `<text class="place" x="${x}" y="${y}" text-anchor="middle" font-size="18">${escapeText(region)}</text>`,
    ] as const;
  });
  const paths = drawn.map(([path]) => path).join('');
  const names = drawn.map(([, name]) => name).join('');
  return [
    `<svg class="map" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="map-title map-desc">`,
    `<title id="map-title">${escapeText(text.chart)}</title>`,
    `<desc id="map-desc">${escapeText(text.describe(shapes.length))}</desc>`,
    `<path class="lattice" d="${lattice}"/>${paths}${names}</svg>`,
  ].join('');
}

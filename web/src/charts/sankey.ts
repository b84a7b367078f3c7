import { type Flow, layOutSankey, type SankeyNode } from './sankey-layout.ts';
import { escapeText, type PictureWords, px, svgOf } from './svg.ts';

const WIDTH = 920;
/** Of a place; and room above for the words of the first one of a column. */
const BAR = 12;
const HEAD = 22;
const SERIES = 5;

/**
 * Flows as a Sankey picture (Kennedy and Sankey, 1898): as thick as what flows. The numbers stand at the places; a table of the
 * same flows belongs below it. Throws as layOutSankey does.
 */
export function sankey(
  flows: readonly Flow[],
  words: PictureWords & {
    /** What a place is called. */
    readonly nameOf: (name: string) => string;
    /** A value with its unit. */
    readonly textOf: (value: bigint) => string;
  },
): string {
  const { columns, height, nodes, links } = layOutSankey(flows);
  const step = columns < 2 ? 0 : (WIDTH - BAR) / (columns - 1);
  const leftOf = (name: string): number =>
    (nodes.find((node) => node.name === name)?.column ?? 0) * step;
  const placeOf = new Map(nodes.map(({ name }, place) => [name, place]));
  const ribbons = links.map(({ from, to, fromY, toY, thickness, value }) => {
    const [x1, x2] = [leftOf(from) + BAR, leftOf(to)];
    const middle = (x1 + x2) / 2;
    const path = `M${px(x1)} ${px(fromY + HEAD)}C${px(middle)} ${px(fromY + HEAD)} ${px(middle)} ${px(toY + HEAD)} ${px(x2)} ${px(toY + HEAD)}`;
    const says = `${words.nameOf(from)} → ${words.nameOf(to)}: ${words.textOf(value)}`;
    const series = ((placeOf.get(to) ?? 0) % SERIES) + 1;
    return `<path class="ribbon series-${series}" d="${path}" stroke-width="${px(Math.max(1, thickness))}"><title>${escapeText(says)}</title></path>`;
  });
  const bars = nodes.map((node) => barOf(node, columns, leftOf(node.name), words));
  return svgOf(
    words,
    { width: WIDTH, height: Math.ceil(height + HEAD + 8), className: 'chart sankey' },
    [...ribbons, ...bars].join(''),
  );
}

function barOf(
  { name, value, column, y, height }: SankeyNode,
  columns: number,
  left: number,
  { nameOf, textOf }: { nameOf: (name: string) => string; textOf: (value: bigint) => string },
): string {
  const isLast = column > 0 && column === columns - 1;
  const x = isLast ? left + BAR : left;
  const anchor = isLast ? ' text-anchor="end"' : '';
  const words = `<tspan class="strong">${escapeText(nameOf(name))}</tspan> ${escapeText(textOf(value))}`;
  return [
    `<rect class="bar" x="${px(left)}" y="${px(y + HEAD)}" width="${BAR}" height="${px(Math.max(1, height))}"/>`,
    `<text x="${px(x)}" y="${px(y + HEAD - 6)}"${anchor} font-size="12">${words}</text>`,
  ].join('');
}

import { escapeText, type PictureWords, px, svgOf } from './svg.ts';

/** A bar of a series: what it is worth, and what it says. */
export type Bar = { readonly value: number; readonly says: string };

const [WIDTH, HEIGHT] = [640, 150];

/** How high bars are, in pixels: by the highest of them, nothing for what is below nothing. */
export function barHeights(values: readonly number[]): readonly number[] {
  const most = Math.max(0, ...values);
  return values.map((value) => (most > 0 ? (Math.max(0, value) / most) * HEIGHT : 0));
}

/** A series as bars, the oldest left; with room for so many, so that each has its width from the beginning. */
export function barChart(bars: readonly Bar[], room: number, words: PictureWords): string {
  const step = WIDTH / Math.max(1, room, bars.length);
  const heights = barHeights(bars.map(({ value }) => value));
  const first = WIDTH - bars.length * step;
  const drawn = bars.map(({ says }, place) => {
    const height = Math.max(1, heights[place] ?? 0);
    const isNewest = place === bars.length - 1 ? ' newest' : '';
    return `<rect class="column${isNewest}" x="${px(first + place * step)}" y="${px(HEIGHT - height)}" width="${px(Math.max(0.5, step - 1.5))}" height="${px(height)}"><title>${escapeText(says)}</title></rect>`;
  });
  const rule = `<line class="rule" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>`;
  return svgOf(
    words,
    { width: WIDTH, height: HEIGHT + 1, className: 'chart bars' },
    [...drawn, rule].join(''),
  );
}

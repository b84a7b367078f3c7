import { type PictureWords, px, svgOf } from './svg.ts';

const [WIDTH, HEIGHT] = [640, 28];

/** How much of a whole a part is, as a bar; more than the whole fills it and is marked as wrong. */
export function shareBar(part: bigint, whole: bigint, words: PictureWords): string {
  const isOver = part > whole;
  const share = isOver ? 1 : shareOf(part, whole);
  return svgOf(
    words,
    { width: WIDTH, height: HEIGHT, className: 'chart share' },
    [
      `<rect class="whole" x="0" y="0" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
      `<rect class="${isOver ? 'part over' : 'part'}" x="0" y="0" width="${px(share * WIDTH)}" height="${HEIGHT}" rx="6"/>`,
    ].join(''),
  );
}

/** A part of a whole, 0 to 1; of nothing it is nothing. */
export function shareOf(part: bigint, whole: bigint): number {
  return whole <= 0n || part <= 0n ? 0 : Math.min(1, Number(part) / Number(whole));
}

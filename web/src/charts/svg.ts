/** Text as it may stand in markup and in attributes of it. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A coordinate, to a tenth of a pixel. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** What a picture is, for those who do not see it. */
export type PictureWords = {
  /** Unique on its page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
};

/** A picture of so many pixels, which scales. `className` is for the stylesheet. */
export function svgOf(
  { id, title, description }: PictureWords,
  size: { readonly width: number; readonly height: number; readonly className?: string },
  content: string,
): string {
  const { width, height, className = 'chart' } = size;
  return [
    `<svg class="${className}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escapeText(title)}</title>`,
    `<desc id="${id}-desc">${escapeText(description)}</desc>`,
    content,
    '</svg>',
  ].join('');
}

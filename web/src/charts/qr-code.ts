import { encodeQR } from 'qr';

/** Light modules around a QR code: four, as ISO/IEC 18004 asks. */
const QUIET = 4;

/** A QR code to draw: its side in modules, with the quiet zone, and the dark ones as the path of an SVG. */
export type QrCode = { readonly side: number; readonly path: string };

/**
 * Draws a text as a QR code (ISO/IEC 18004), with the lowest correction: the text is long, and modules that are larger are
 * read better than many small ones that could be repaired. Throws for a text of more than 2,953 bytes.
 */
export function qrCode(text: string): QrCode {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: QUIET });
  let path = '';
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      if (row[x] !== true) continue;
      const from = x;
      while (row[x + 1] === true) x += 1;
      path += `M${from} ${y}h${x - from + 1}v1h-${x - from + 1}z`;
    }
  }
  return { side: rows.length, path };
}

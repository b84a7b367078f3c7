/** @jsxImportSource hono/jsx/dom */
import { renderSVG } from 'uqr';

import { Html } from './html.tsx';

/** A text as a QR code (ISO/IEC 18004), always dark on light: cameras expect it. The text stands below, to be copied. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const svg = renderSVG(text, { border: 2, blackColor: '#000', whiteColor: '#fff' });
  return (
    <figure class="qr" role="img" aria-label={label}>
      <Html markup={svg} />
    </figure>
  );
}

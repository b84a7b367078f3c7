/** @jsxImportSource hono/jsx/dom */
import { useMemo } from 'hono/jsx/dom';

import { qrCode } from '../../charts/qr-code.ts';

/** A text as a QR code, always dark on light: cameras expect it. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { side, path } = useMemo(() => qrCode(text), [text]);
  return (
    <figure class="qr">
      <svg
        viewBox={`0 0 ${side} ${side}`}
        role="img"
        aria-label={label}
        shape-rendering="crispEdges"
      >
        <rect width={side} height={side} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
    </figure>
  );
}

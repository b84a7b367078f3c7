/** @jsxImportSource hono/jsx/dom */
import type { OpenedBook } from '@passport/client/browser';
import { useEffect, useState } from 'hono/jsx/dom';

import { historyOf } from '../../book/book-line.ts';
import { curveMarkup, timelineMarkup } from '../../book/markup.tsx';
import { owner } from '../../texts/en/owner.ts';
import { Html } from '../lib/html.tsx';
import { inLanguage } from '../lib/language.ts';
import { writer } from '../lib/writer.ts';

const texts = inLanguage({ en: owner }).car;

/** Entries of one piece: the first is there at once, the others come between two frames each. */
const PIECE = 100;

/** A car's mileage as a curve, and its history, the newest first. */
export function History({ book }: { readonly book: OpenedBook }) {
  const lines = historyOf(book.events);
  const pieces = Math.ceil(lines.length / PIECE);
  const [shown, setShown] = useState(1);
  useEffect(() => {
    if (shown >= pieces) return undefined;
    const frame = requestAnimationFrame(() => setShown(shown + 1));
    return () => cancelAnimationFrame(frame);
  }, [shown, pieces]);
  return (
    <section aria-labelledby="history" aria-busy={shown < pieces ? 'true' : 'false'}>
      <h2 id="history">{texts.history}</h2>
      {lines.length === 0 && <p class="empty">{texts.noHistory}</p>}
      <Html markup={curveMarkup(lines, writer)} />
      {Array.from({ length: Math.min(shown, pieces) }, (_, piece) => (
        <Piece key={piece} lines={lines.slice(piece * PIECE, (piece + 1) * PIECE)} />
      ))}
    </section>
  );
}

function Piece({ lines }: { readonly lines: OpenedBook['events'] }) {
  const [markup] = useState(() => timelineMarkup(lines, writer));
  return <Html markup={markup} />;
}

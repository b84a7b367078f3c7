/** @jsxImportSource hono/jsx/dom */
import type { OpenedBook } from '@passport/client/browser';
import { useState } from 'hono/jsx/dom';

import { historyOf } from '../../book/book-line.ts';
import { curveMarkup, timelineMarkup } from '../../book/markup.tsx';
import { owner } from '../../texts/en/owner.ts';
import { Html } from '../lib/html.tsx';
import { inLanguage } from '../lib/language.ts';
import { writer } from '../lib/writer.ts';

const texts = inLanguage({ en: owner }).car;

/** Entries that are shown before one asks for all. */
const FIRST = 100;

/** A car's mileage as a curve, and its history, the newest first. */
export function History({ book }: { readonly book: OpenedBook }) {
  const [all, setAll] = useState(false);
  const lines = historyOf(book.events);
  const shown = all ? lines : lines.slice(0, FIRST);
  return (
    <section aria-labelledby="history">
      <h2 id="history">{texts.history}</h2>
      {lines.length === 0 && <p class="empty">{texts.noHistory}</p>}
      <Html markup={curveMarkup(lines, writer)} />
      <Html markup={timelineMarkup(shown, writer)} />
      {shown.length < lines.length && (
        <button type="button" class="button-quiet" onClick={() => setAll(true)}>
          {texts.all(writer.whole(lines.length))}
        </button>
      )}
    </section>
  );
}

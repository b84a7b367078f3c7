import { markupOf } from '../layout/markup-of.ts';
import { MileageCurve } from '../charts/mileage-curve.tsx';
import { book } from '../texts/en/book.ts';
import { type BookLine, isDoubtful } from './book-line.ts';
import type { Writer } from './people-units.ts';
import { Timeline } from './timeline.tsx';

/** The timeline as HTML, all of it escaped. */
export function timelineMarkup(lines: readonly BookLine[], writer: Writer): string {
  return markupOf(<Timeline lines={lines} texts={book} writer={writer} />);
}

/** The mileage curve as SVG; nothing where nobody has read the odometer twice. */
export function curveMarkup(lines: readonly BookLine[], writer: Writer): string {
  const readings = lines.flatMap((line) => {
    const { at, odometerKm, place, quality, voidedBy } = line;
    if (odometerKm === null || voidedBy !== null) return [];
    const source = place?.source ?? '';
    return [{ day: at, km: odometerKm, source, quality, isDoubtful: isDoubtful(line) }];
  });
  if (readings.length < 2) return '';
  const texts = { ...book.curve, km: book.km, quality: book.quality };
  return markupOf(<MileageCurve readings={readings} texts={texts} format={writer.whole} />);
}

export { writerOf } from './people-units.ts';

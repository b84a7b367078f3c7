import {
  isOfDictionary,
  LENGTH_BYTES,
  presence,
  rowsOfPlaces,
  unpack,
  valuesOf,
} from './column-page.ts';
import { readRuns } from './hybrid.ts';
import { readPageHeader } from './page-header.ts';

/** The rows of a column chunk of texts that have just this one, the first being 0. Throws UnknownLayout. */
export function findRows(chunk: Buffer, text: string): number[] {
  const wanted = Buffer.from(text, 'utf8');
  const rows: number[] = [];
  let code = -1;
  let first = 0;
  for (let offset = 0; offset < chunk.length;) {
    const header = readPageHeader(chunk, offset);
    const page = unpack(chunk, header);
    if (header.kind === 'dictionary') {
      code = placesOf(page, header.values, wanted)[0] ?? -1;
    } else {
      const { before: count } = presence(page, { from: header.values, to: header.values });
      const values = valuesOf(page);
      const places = isOfDictionary(header.encoding)
        ? placesOfCode(values, code, count)
        : placesOf(values, count, wanted);
      for (const row of rowsOfPlaces(page, header.values, places)) rows.push(first + row);
      first += header.values;
    }
    offset = header.end + header.compressedBytes;
  }
  return rows;
}

/** Which of so many texts behind each other are a wanted one. */
function placesOf(texts: Buffer, count: number, wanted: Buffer): number[] {
  const places: number[] = [];
  let offset = 0;
  for (let place = 0; place < count && offset < texts.length; place += 1) {
    const start = offset + LENGTH_BYTES;
    offset = start + texts.readUInt32LE(offset);
    if (offset - start === wanted.length && endsWith(texts, offset, wanted)) places.push(place);
  }
  return places;
}

/** Whether bytes that end there are these. Sorted texts mostly differ at their ends. */
function endsWith(bytes: Buffer, end: number, wanted: Buffer): boolean {
  const start = end - wanted.length;
  for (let place = wanted.length - 1; place >= 0; place -= 1) {
    if (bytes[start + place] !== wanted[place]) return false;
  }
  return true;
}

/** Which of so many numbers of texts of a dictionary are a wanted one. */
function placesOfCode(values: Buffer, code: number, count: number): number[] {
  if (code < 0 || count === 0) return [];
  const places: number[] = [];
  const packed = { start: 1, bitWidth: values.readUInt8(0), upTo: count };
  readRuns(values, packed, ({ first, count: length, same, at }) => {
    if (same !== undefined && same !== code) return;
    for (let index = 0; index < length; index += 1) {
      if (at(index) === code) places.push(first + index);
    }
  });
  return places;
}

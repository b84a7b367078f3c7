import { type AnswerTable, PassportError } from '@passport/model';

import { pickMediaType } from './accept.ts';
import { arrow } from './arrow.ts';
import { csv } from './csv.ts';
import { json, ndjson } from './json.ts';
import { parquet } from './parquet.ts';
import type { AnswerHead, TableFormat } from './table-format.ts';

/** Every format that tables are written in; the first is that of who does not say. */
export const tableFormats: readonly TableFormat[] = [json, ndjson, csv, arrow, parquet];

const mediaTypes = tableFormats.map(({ mediaType }) => mediaType);

/** The format that an Accept header asks for. Throws PassportError `FORMAT_UNKNOWN`, with the list. */
export function formatOf(accept: string | undefined): TableFormat {
  const picked = pickMediaType(accept, mediaTypes);
  const format = tableFormats.find(({ mediaType }) => mediaType === picked);
  if (format !== undefined) return format;
  throw new PassportError('FORMAT_UNKNOWN', `there are ${mediaTypes.join(', ')}`);
}

/**
 * The answer as a response. Parts are made as the reader takes them, so that what is in memory is the
 * table and one part.
 */
export function tableResponse(
  format: TableFormat,
  table: AnswerTable,
  head: AnswerHead,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(streamOf(format.encode(table, head)), {
    headers: tableHeaders(format, headers),
  });
}

/** Headers of an answer in a format, with those that it has anyway. */
export function tableHeaders(
  format: TableFormat,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<'Content-Type' | 'Vary', string>> & Readonly<Record<string, string>> {
  return {
    ...headers,
    'Content-Type': format.contentType ?? format.mediaType,
    Vary: 'Accept',
  };
}

function streamOf(parts: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = parts[Symbol.iterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const next = iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: () => void iterator.return?.(),
    },
    { highWaterMark: 0 },
  );
}

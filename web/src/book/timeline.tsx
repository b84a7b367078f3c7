import type { Texts } from '../texts/en/index.ts';
import { type BookLine, flagsOf } from './book-line.ts';
import { valueText, type Writer } from './people-units.ts';

type Words = Texts['book'];

/** What the timeline needs to write. */
export type TimelineProps = {
  readonly lines: readonly BookLine[];
  readonly texts: Words;
  readonly writer: Writer;
};

/** A car's history as a line through time, in the order of `lines`. */
export function Timeline({ lines, texts, writer }: TimelineProps) {
  return (
    <ol class="timeline">
      {lines.map((line) => (
        <Entry line={line} texts={texts} writer={writer} />
      ))}
    </ol>
  );
}

function Entry({
  line,
  texts,
  writer,
}: {
  readonly line: BookLine;
  readonly texts: Words;
  readonly writer: Writer;
}) {
  const { kind, at, block, place, odometerKm, quality, fields, closed, detail, voidedBy } = line;
  const flags = flagsOf(line);
  const state = textOf(texts.states, detail['state']);
  const method = textOf(texts.methods, detail['method']);
  const who = [place?.source ?? stringOf(detail['registeredBy']), method].filter(Boolean);
  return (
    <li class={toneOf(line)}>
      <p class="entry-head">
        <time datetime={at}>{at}</time> <strong>{textOf(texts.kinds, kind) ?? kind}</strong>
        {odometerKm !== null && (
          <>
            {' '}
            <span class="number">
              {writer.whole(odometerKm)} {texts.km}
            </span>
          </>
        )}
        {state !== undefined && <span class="chip">{state}</span>}
        {voidedBy !== null && <span class="chip chip-warn">{texts.isVoid}</span>}
        {detail['generated'] === true && <span class="chip">{texts.generated}</span>}
      </p>
      {kind === 'granted' && <p class="small">{grantText(detail, texts)}</p>}
      {flags.map((flag) => (
        <p class="entry-flag">{textOf(texts.flags, flag) ?? flag}</p>
      ))}
      {Object.keys(fields).length > 0 && (
        <dl class="pairs small">
          {Object.entries(fields).map(([name, field]) => (
            <>
              <dt>{textOf(texts.signals, name) ?? name}</dt>
              <dd>{valueText(field, writer)}</dd>
            </>
          ))}
        </dl>
      )}
      {closed.length > 0 && (
        <p class="quiet small">
          {texts.closed}{' '}
          {closed
            .map((scope) => textOf(texts.classes, scope) ?? textOf(texts.signals, scope) ?? scope)
            .join(', ')}
        </p>
      )}
      <p class="block">
        {who.length > 0 && `${who.join(', ')} · `}
        {quality !== null && `${texts.quality} ${quality} ${texts.qualityOf} · `}
        {texts.block} {writer.whole(block)}
      </p>
    </li>
  );
}

const bad: ReadonlySet<string> = new Set(['incident', 'wreck-declared', 'scrapped']);
const quiet: ReadonlySet<string> = new Set([
  'granted',
  'grant-revoked',
  'erased',
  'voided',
  'ownership-transferred',
]);

function toneOf({ kind, detail, voidedBy }: BookLine): string {
  if (voidedBy !== null) return 'is-quiet';
  if (flagsOf({ detail }).length > 0) return 'is-warn';
  if (bad.has(kind)) return 'is-bad';
  return quiet.has(kind) ? 'is-quiet' : '';
}

/** To whom access was given, and for what: names of members, and the beginning of a key. */
function grantText(detail: BookLine['detail'], texts: Words): string {
  const { grantee, purpose } = detail as { grantee?: Record<string, unknown>; purpose?: unknown };
  const who = stringOf(grantee?.['mspId']) ?? stringOf(grantee?.['keyId'])?.slice(0, 12) ?? '';
  return `${who}: ${textOf(texts.purposes, purpose) ?? ''}`;
}

/** The words for something, where there are some. */
function textOf(words: Readonly<Record<string, string>>, name: unknown): string | undefined {
  return typeof name === 'string' && Object.hasOwn(words, name) ? words[name] : undefined;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

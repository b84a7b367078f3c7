/** @jsxImportSource hono/jsx/dom */
import type { AnswerFormat } from '@passport/client/buyer';

import type { SqlExample } from '../../market/sql-examples.ts';
import { market } from '../../texts/en/market.ts';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { FormatChoice } from './format-choice.tsx';

const texts = inLanguage({ en: market }).ask;

/** SQL as somebody writes it. */
export type SqlDraft = {
  readonly sql: string;
  /** As written. */
  readonly rowsMax: string;
  readonly format: AnswerFormat;
};

/** Rows at most, where that is a whole number above 0. */
export function rowsIn({ rowsMax }: SqlDraft): number | undefined {
  return /^[1-9]\d{0,5}$/.test(rowsMax) ? Number(rowsMax) : undefined;
}

/** Writes one SELECT, or takes an example. */
export function Statement({
  examples,
  draft,
  change,
}: {
  readonly examples: readonly SqlExample[];
  readonly draft: SqlDraft;
  readonly change: (draft: SqlDraft) => void;
}) {
  return (
    <>
      <div class="field">
        <p class="label" id="examples">
          {texts.examples}
        </p>
        <div class="row" role="group" aria-labelledby="examples">
          {examples.map(({ title, sql }) => (
            <button type="button" class="button-quiet" onClick={() => change({ ...draft, sql })}>
              {title}
            </button>
          ))}
        </div>
      </div>
      <div class="field">
        <label for="sql">{texts.statement}</label>
        <textarea
          id="sql"
          rows={6}
          spellcheck={false}
          aria-describedby="sql-hint"
          value={draft.sql}
          onInput={(event: Event) =>
            change({ ...draft, sql: (event.target as HTMLTextAreaElement).value })
          }
        />
        <p class="hint" id="sql-hint">
          {texts.statementHint}
        </p>
      </div>
      <Field
        id="rows-max"
        label={texts.rowsMax}
        hint={texts.rowsHint}
        trouble={rowsIn(draft) === undefined ? texts.trouble.rows : undefined}
        value={draft.rowsMax}
        onValue={(rowsMax) => change({ ...draft, rowsMax })}
      />
      <FormatChoice format={draft.format} choose={(format) => change({ ...draft, format })} />
    </>
  );
}

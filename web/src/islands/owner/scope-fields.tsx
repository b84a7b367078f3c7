/** @jsxImportSource hono/jsx/dom */
import { owner } from '../../texts/en/owner.ts';
import { book } from '../../texts/en/book.ts';
import { inLanguage } from '../lib/language.ts';

const { of } = inLanguage({ en: owner }).reads;
const words = inLanguage({ en: book });
const fieldWords: Readonly<Record<string, string>> = words.signals;
const scopeWords: Readonly<Record<string, string>> = { ...words.signals, ...words.classes };

type Props = {
  /** Classes, and fields by themselves. */
  readonly scopes: readonly string[];
  /** What those hold, by the schema. */
  readonly fields: readonly string[];
};

/** What may be read, or was, in a word; and each field of it, for whoever wants to know. */
export function ScopeFields({ scopes, fields }: Props) {
  return (
    <details>
      <summary>
        {scopes.map((scope) => scopeWords[scope] ?? scope).join(', ')} ({fields.length} {of})
      </summary>
      <ul class="small">
        {fields.map((field) => (
          <li>{fieldWords[field] ?? field}</li>
        ))}
      </ul>
    </details>
  );
}

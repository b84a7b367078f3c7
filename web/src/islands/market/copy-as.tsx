/** @jsxImportSource hono/jsx/dom */
import type { Ask } from '@passport/client/buyer';
import { useState } from 'hono/jsx/dom';

import { copyAs, type CopyLanguage, copyLanguages } from '../../market/copy-as.ts';
import { market } from '../../texts/en/market.ts';
import { inLanguage } from '../lib/language.ts';
import { apiUrl } from './market-room.ts';

const texts = inLanguage({ en: market }).ask;
const names: Readonly<Record<CopyLanguage, string>> = {
  curl: 'curl',
  typescript: 'TypeScript',
  python: 'Python',
};

/** The question as a text for other programs. */
export function CopyAs({ ask }: { readonly ask: Ask }) {
  const [language, setLanguage] = useState<CopyLanguage>('curl');
  const [isCopied, setCopied] = useState(false);
  const text = copyAs(language, ask, apiUrl());
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <details class="copy">
      <summary>{texts.copy}</summary>
      <div class="row" role="group" aria-label={texts.copy}>
        {copyLanguages.map((one) => (
          <button
            type="button"
            class={one === language ? '' : 'button-quiet'}
            aria-pressed={one === language ? 'true' : 'false'}
            onClick={() => {
              setLanguage(one);
              setCopied(false);
            }}
          >
            {names[one]}
          </button>
        ))}
        <button type="button" class="button-quiet" onClick={() => void copy()}>
          {isCopied ? texts.copied : texts.copyIt}
        </button>
      </div>
      <p class="hint">{texts.copyHint}</p>
      <pre tabindex={0} class="copy-text">
        {text}
      </pre>
    </details>
  );
}

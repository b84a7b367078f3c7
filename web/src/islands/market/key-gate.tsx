/** @jsxImportSource hono/jsx/dom */
import type { BuyerJwk } from '@passport/client/buyer';
import { useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { market } from '../../texts/en/market.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { inLanguage } from '../lib/language.ts';
import { saveFile } from '../lib/save-file.ts';

const texts = inLanguage({ en: market }).money;

/** Where there is no key in this browser yet: a new one, with its file, or the one of a file. */
export function KeyGate({ room, done }: { readonly room: BuyerRoom; readonly done: () => void }) {
  const [made, setMade] = useState<BuyerJwk | undefined>(undefined);
  const [file, setFile] = useState('');
  if (made !== undefined) return <SaveKey jwk={made} done={done} />;
  const choose = async (event: Event): Promise<void> => {
    const [chosen] = (event.target as HTMLInputElement).files ?? [];
    if (chosen !== undefined) setFile(await chosen.text());
  };
  const bring = async (): Promise<void> => {
    let jwk: unknown;
    try {
      jwk = JSON.parse(file);
    } catch {
      // What is no JSON is no key either, and says so without showing what it is.
      jwk = undefined;
    }
    await room.bring(jwk);
    done();
  };
  return (
    <section class="card" aria-labelledby="key-gate">
      <h3 id="key-gate">{texts.newTitle}</h3>
      <p>{texts.newHint}</p>
      <ActionButton busy={texts.making} run={async () => setMade(await room.make())}>
        {texts.make}
      </ActionButton>
      <details>
        <summary>{texts.file}</summary>
        <div class="field">
          <label for="key-file">{texts.file}</label>
          <input id="key-file" type="file" onChange={(event: Event) => void choose(event)} />
        </div>
        <ActionButton busy={texts.opening} run={bring} isOff={file === ''}>
          {texts.open}
        </ActionButton>
      </details>
    </section>
  );
}

function SaveKey({ jwk, done }: { readonly jwk: BuyerJwk; readonly done: () => void }) {
  return (
    <section class="card asked" aria-labelledby="save-key">
      <h3 id="save-key">{texts.saveTitle}</h3>
      <p>{texts.saveHint}</p>
      <div class="row">
        <button
          type="button"
          onClick={() => saveFile('key.jwk', `${JSON.stringify(jwk)}\n`, 'application/jwk+json')}
        >
          {texts.save}
        </button>
        <button type="button" class="button-quiet" onClick={done}>
          {texts.saved}
        </button>
      </div>
    </section>
  );
}

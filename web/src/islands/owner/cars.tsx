/** @jsxImportSource hono/jsx/dom */
import type { Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import type { OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner });

/** The cars of a wallet, and what somebody else's code opens. */
export function Cars({
  session,
  chosen,
  choose,
  follow,
}: {
  readonly session: OwnerSession;
  readonly chosen: Vid | undefined;
  readonly choose: (vid: Vid) => void;
  /** Opens a code; false where it is none of ours. */
  readonly follow: (text: string) => boolean;
}) {
  const { vehicles } = session.wallet.content;
  return (
    <section aria-labelledby="cars">
      <h2 id="cars">{texts.cars.title}</h2>
      {vehicles.length === 0 && <p class="empty">{texts.cars.none}</p>}
      <ul class="row plain">
        {vehicles.map(({ vid }) => (
          <li>
            <button
              type="button"
              class={vid === chosen ? '' : 'button-quiet'}
              aria-pressed={vid === chosen ? 'true' : 'false'}
              onClick={() => choose(vid)}
            >
              <code>{shortVid(vid)}</code>
            </button>
          </li>
        ))}
      </ul>
      <PasteCode follow={follow} />
    </section>
  );
}

function PasteCode({ follow }: { readonly follow: (text: string) => boolean }) {
  const [text, setText] = useState('');
  const open = async (): Promise<void> => {
    if (!follow(text)) throw new Error(texts.access.badCode);
    setText('');
  };
  return (
    <details class="card">
      <summary>{texts.cars.link}</summary>
      <p class="quiet">{texts.access.howTo}</p>
      <Field id="code" label={texts.cars.link} value={text} onValue={setText} />
      <ActionButton busy={texts.loading} run={open} isOff={text === ''}>
        {texts.cars.open}
      </ActionButton>
    </details>
  );
}

/** The beginning of a vid: enough to tell one's own cars apart. */
function shortVid(vid: string): string {
  return vid.slice(0, 8);
}

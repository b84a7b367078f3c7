/** @jsxImportSource hono/jsx/dom */
import { useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { microInPcc } from '../../market/pcc-text.ts';
import { market } from '../../texts/en/market.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';

const texts = inLanguage({ en: market }).money;

/** A session for curl and Python: its credential is shown, kept nowhere, and spends up to a limit. */
export function SessionOpener({ room }: { readonly room: BuyerRoom }) {
  const [text, setText] = useState('0.5');
  const [credential, setCredential] = useState<string | undefined>(undefined);
  const micro = microInPcc(text);
  const open = async (): Promise<void> => {
    if (micro === undefined) return;
    const session = await room.asBuyer((buyer) => buyer.session(micro));
    setCredential(session.credential);
  };
  return (
    <details>
      <summary>{texts.session}</summary>
      <p class="hint">{texts.sessionHint}</p>
      <Field
        id="session-amount"
        label={texts.sessionAmount}
        trouble={micro === undefined ? texts.pccWrong : undefined}
        value={text}
        onValue={setText}
      />
      <ActionButton busy={texts.openingSession} isOff={micro === undefined} run={open}>
        {texts.openSession}
      </ActionButton>
      {credential !== undefined && (
        <>
          <p class="label">{texts.credential}</p>
          <pre id="credential" tabindex={0}>
            {credential}
          </pre>
        </>
      )}
    </details>
  );
}

/** @jsxImportSource hono/jsx/dom */
import type { OwnerView } from '@passport/ledger-client/wallet';
import { useState } from 'hono/jsx/dom';

import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import type { OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner }).erase;

/** Takes back what a person left in a log book. The keys go once the ledger has it. */
export function Erase({
  session,
  view,
  changed,
}: {
  readonly session: OwnerSession;
  readonly view: OwnerView;
  readonly changed: () => void;
}) {
  const [word, setWord] = useState('');
  const [block, setBlock] = useState<string | undefined>(undefined);
  const { vid, ownerEpoch } = view.ownership;
  const erase = async (): Promise<void> => {
    const command = await session.desk.erase(vid, ownerEpoch);
    const done = await session.relay.submit(command);
    await session.desk.finishErasure(vid, ownerEpoch);
    setBlock(done.block);
    setWord('');
    changed();
  };
  return (
    <section aria-labelledby="erase">
      <h2 id="erase">{texts.title}</h2>
      <p>{texts.hint}</p>
      <Field id="erase-word" label={texts.confirm} value={word} onValue={setWord} />
      <ActionButton busy={texts.erasing} look="button-bad" isOff={word !== texts.word} run={erase}>
        {texts.erase}
      </ActionButton>
      {block !== undefined && (
        <p class="notice" role="status">
          {texts.done} {block}
        </p>
      )}
    </section>
  );
}

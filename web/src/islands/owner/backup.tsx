/** @jsxImportSource hono/jsx/dom */
import { useState } from 'hono/jsx/dom';

import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { saveFile } from '../lib/save-file.ts';
import type { OwnerSession } from './session.ts';

const { backup: texts, gate } = inLanguage({ en: owner });

/** The words, right after the wallet was made; there is no going on without a look at them. */
export function FirstBackup({
  words,
  session,
  done,
}: {
  readonly words: string;
  readonly session: OwnerSession;
  readonly done: () => void;
}) {
  return (
    <section class="card" aria-labelledby="backup">
      <h2 id="backup">{texts.title}</h2>
      <p>{texts.hint}</p>
      <Words words={words} />
      <p class="row">
        <button type="button" class="button-quiet" onClick={() => void saveWallet(session)}>
          {texts.file}
        </button>
        <button type="button" onClick={done}>
          {texts.done}
        </button>
      </p>
    </section>
  );
}

/** The words and the file once more, for who knows the passphrase; and the lock. */
export function BackupAgain({
  session,
  lock,
}: {
  readonly session: OwnerSession;
  readonly lock: () => Promise<void>;
}) {
  const [passphrase, setPassphrase] = useState('');
  const [words, setWords] = useState<string | undefined>(undefined);
  return (
    <details class="card">
      <summary>{texts.open}</summary>
      <p>{texts.hint}</p>
      {words === undefined ? (
        <>
          <Field
            id="backup-passphrase"
            label={gate.passphrase}
            type="password"
            value={passphrase}
            onValue={setPassphrase}
          />
          <ActionButton
            busy={gate.opening}
            run={async () => setWords(await session.wallet.recoveryPhrase(passphrase))}
          >
            {texts.title}
          </ActionButton>
        </>
      ) : (
        <Words words={words} />
      )}
      <p class="row">
        <button type="button" class="button-quiet" onClick={() => void saveWallet(session)}>
          {texts.file}
        </button>
        <ActionButton busy={texts.lock} look="button-quiet" run={lock}>
          {texts.lock}
        </ActionButton>
      </p>
    </details>
  );
}

function Words({ words }: { readonly words: string }) {
  return (
    <ol class="words" translate="no">
      {words.split(' ').map((word) => (
        <li>{word}</li>
      ))}
    </ol>
  );
}

async function saveWallet({ wallet }: OwnerSession): Promise<void> {
  saveFile('passport-wallet.json', await wallet.copy(), 'application/json');
}

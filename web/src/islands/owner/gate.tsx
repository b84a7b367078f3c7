/** @jsxImportSource hono/jsx/dom */
import { useState } from 'hono/jsx/dom';

import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';

const texts = inLanguage({ en: owner }).gate;

/** Shorter passphrases are guessed. */
const PASSPHRASE_MIN = 12;

/** What the gate does; each opens the wallet, or fails. */
export type GateActions = {
  readonly create: (passphrase: string) => Promise<void>;
  readonly restore: (copy: string, opener: Opener) => Promise<void>;
  readonly unlock: (passphrase: string, stay: boolean) => Promise<void>;
  readonly recover: (words: string, passphrase: string) => Promise<void>;
};

type Opener = { readonly passphrase: string; readonly words?: string };

/** Where there are no keys in this browser yet: new ones, or those of a file. */
export function NewGate({ create, restore }: GateActions) {
  return (
    <div class="split">
      <section class="card" aria-labelledby="gate-new">
        <h2 id="gate-new">{texts.newTitle}</h2>
        <p class="quiet">{texts.newHint}</p>
        <NewPassphrase label={texts.create} busy={texts.creating} done={create} />
      </section>
      <section class="card" aria-labelledby="gate-file">
        <h2 id="gate-file">{texts.fileTitle}</h2>
        <p class="quiet">{texts.fileHint}</p>
        <FileGate restore={restore} />
      </section>
    </div>
  );
}

/** Where they are locked. */
export function LockedGate({ unlock, recover }: GateActions) {
  const [passphrase, setPassphrase] = useState('');
  const [words, setWords] = useState('');
  const [stay, setStay] = useState(false);
  return (
    <section class="card" aria-labelledby="gate-locked">
      <h2 id="gate-locked">{texts.lockedTitle}</h2>
      <Field
        id="unlock"
        label={texts.passphrase}
        type="password"
        value={passphrase}
        onValue={setPassphrase}
      />
      <p>
        <label>
          <input type="checkbox" checked={stay} onChange={() => setStay(!stay)} /> {texts.stay}
        </label>
      </p>
      <ActionButton busy={texts.unlocking} run={() => unlock(passphrase, stay)}>
        {texts.unlock}
      </ActionButton>
      <details>
        <summary>{texts.forgotten}</summary>
        <Field
          id="recover-words"
          label={texts.words}
          hint={texts.wordsHint}
          value={words}
          onValue={setWords}
        />
        <NewPassphrase
          label={texts.unlock}
          busy={texts.unlocking}
          done={(chosen) => recover(words, chosen)}
        />
      </details>
    </section>
  );
}

function FileGate({ restore }: Pick<GateActions, 'restore'>) {
  const [copy, setCopy] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [words, setWords] = useState('');
  const choose = async (event: Event): Promise<void> => {
    const [file] = (event.target as HTMLInputElement).files ?? [];
    if (file !== undefined) setCopy(await file.text());
  };
  const open = (): Promise<void> =>
    restore(copy, words.trim() === '' ? { passphrase } : { passphrase, words });
  return (
    <>
      <div class="field">
        <label for="wallet-file">{texts.file}</label>
        <input id="wallet-file" type="file" onChange={(event: Event) => void choose(event)} />
      </div>
      <Field
        id="file-passphrase"
        label={texts.passphrase}
        type="password"
        value={passphrase}
        onValue={setPassphrase}
      />
      <details>
        <summary>{texts.words}</summary>
        <Field
          id="file-words"
          label={texts.words}
          hint={texts.wordsHint}
          value={words}
          onValue={setWords}
        />
      </details>
      <ActionButton busy={texts.opening} run={open} isOff={copy === '' || passphrase === ''}>
        {texts.openFile}
      </ActionButton>
    </>
  );
}

/** A passphrase, twice, and long enough. */
function NewPassphrase({
  label,
  busy,
  done,
}: {
  readonly label: string;
  readonly busy: string;
  readonly done: (passphrase: string) => Promise<void>;
}) {
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const isShort = first !== '' && first.length < PASSPHRASE_MIN;
  const differs = second !== '' && first !== second;
  const isReady = first.length >= PASSPHRASE_MIN && first === second;
  const id = label.replaceAll(' ', '-').toLowerCase();
  return (
    <>
      <Field
        id={`${id}-first`}
        label={texts.passphrase}
        type="password"
        hint={texts.passphraseHint}
        trouble={isShort ? texts.passphraseShort : undefined}
        value={first}
        onValue={setFirst}
        autocomplete="new-password"
      />
      <Field
        id={`${id}-second`}
        label={texts.repeat}
        type="password"
        trouble={differs ? texts.repeatDiffers : undefined}
        value={second}
        onValue={setSecond}
        autocomplete="new-password"
      />
      <ActionButton busy={busy} isOff={!isReady} run={() => done(first)}>
        {label}
      </ActionButton>
    </>
  );
}

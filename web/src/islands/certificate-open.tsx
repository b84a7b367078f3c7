/** @jsxImportSource hono/jsx/dom */
import { certificateIn, readCertificate } from '@passport/model/certificate';
import { useEffect, useState } from 'hono/jsx/dom';

import type { Texts } from '../texts/en/index.ts';
import { readQrPicture } from './certificate/read-qr-picture.ts';
import { worksOffline } from './certificate/works-offline.ts';
import { mountIsland } from './lib/mount.tsx';

type Words = Texts['certificate']['open'];

/** Goes to the page that checks it, if it is a certificate at all. */
function goTo(text: string): boolean {
  const certificate = certificateIn(text);
  if (readCertificate(certificate) === undefined) return false;
  location.assign(`/certificate/verify#${certificate}`);
  return true;
}

/** Takes a certificate by its text, or by a picture of its code. */
function Open({ texts }: { readonly texts: Words }) {
  const [text, setText] = useState('');
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    void worksOffline().then(setReady);
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    setTrouble(goTo(text) ? undefined : texts.noText);
  };
  const readPicture = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    setTrouble(texts.reading);
    const found = await readQrPicture(file);
    setTrouble(found === undefined ? texts.noPicture : goTo(found) ? undefined : texts.notOurs);
  };
  return (
    <form onSubmit={submit}>
      <div class="field">
        <label for="certificate-text">{texts.paste}</label>
        <textarea
          id="certificate-text"
          aria-describedby="certificate-text-hint certificate-trouble"
          aria-invalid={trouble === texts.noText ? 'true' : 'false'}
          spellcheck={false}
          onInput={(event: Event) => setText((event.target as HTMLTextAreaElement).value)}
        />
        <p class="hint" id="certificate-text-hint">
          {texts.pasteHint}
        </p>
      </div>
      <div class="field">
        <label for="certificate-picture">{texts.picture}</label>
        <input
          id="certificate-picture"
          type="file"
          accept="image/*"
          aria-describedby="certificate-picture-hint certificate-trouble"
          onChange={(event: Event) => void readPicture(event.target as HTMLInputElement)}
        />
        <p class="hint" id="certificate-picture-hint">
          {texts.pictureHint}
        </p>
      </div>
      <p id="certificate-trouble" role="alert">
        {trouble ?? ''}
      </p>
      <p class="row">
        <button type="submit">{texts.submit}</button>
        {isReady ? (
          <span class="chip chip-good" role="status">
            {texts.ready}
          </span>
        ) : null}
      </p>
    </form>
  );
}

mountIsland('certificate-open', Open);

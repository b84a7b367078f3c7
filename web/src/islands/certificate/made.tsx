/** @jsxImportSource hono/jsx/dom */
import { readCertificate, type ShownVin, withVin } from '@passport/model/certificate';
import { useState } from 'hono/jsx/dom';

import type { Texts } from '../../texts/en/index.ts';
import { QrCode } from '../lib/qr-code.tsx';
import { Report } from './report.tsx';

/** A certificate that was just made, and the VIN that its owner gave. */
export type MadeCertificate = {
  readonly id: string;
  readonly certificate: string;
  readonly shown: ShownVin | undefined;
};

/** What the owner hands out: links and code, and what they say. */
export function Made({
  made: { certificate, shown },
  texts,
}: {
  readonly made: MadeCertificate;
  readonly texts: Texts['certificate'];
}) {
  const words = texts.make;
  const link = addressOf(certificate);
  const linkVin = shown === undefined ? undefined : addressOf(withVin(certificate, shown));
  const claims = readCertificate(certificate)?.claims;
  return (
    <section class="card" aria-labelledby="certificate-made">
      <h2 id="certificate-made">{words.made}</h2>
      <p>{words.madeHint}</p>
      <div class="split">
        <div>
          {linkVin === undefined ? null : (
            <Link address={linkVin} title={words.linkVin} texts={words} />
          )}
          <Link
            address={link}
            title={linkVin === undefined ? words.link : words.linkPlain}
            texts={words}
          />
          {shown === undefined ? null : (
            <div class="field">
              <label>
                {words.number}
                <input readonly value={shown.salt} onFocus={select} />
              </label>
              <p class="hint">{words.numberHint}</p>
            </div>
          )}
          <p>
            <a class="button" href={linkVin ?? link}>
              {words.see}
            </a>
          </p>
        </div>
        <div class="certificate-code">
          <QrCode text={linkVin ?? link} label={texts.verify.code} />
        </div>
      </div>
      {claims === undefined ? null : <Report claims={claims} texts={texts.verify} />}
    </section>
  );
}

function Link({
  address,
  title,
  texts,
}: {
  readonly address: string;
  readonly title: string;
  readonly texts: Texts['certificate']['make'];
}) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div class="field">
      <label>
        {title}
        <input readonly value={address} onFocus={select} />
      </label>
      <p class="row">
        <button
          type="button"
          class="button-quiet"
          onClick={() => void navigator.clipboard.writeText(address).then(() => setCopied(true))}
        >
          {isCopied ? texts.copied : texts.copy}
        </button>
      </p>
    </div>
  );
}

function select(event: Event): void {
  (event.target as HTMLInputElement).select();
}

function addressOf(text: string): string {
  return `${location.origin}/certificate/verify#${text}`;
}

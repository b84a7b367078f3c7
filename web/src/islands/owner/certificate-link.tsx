/** @jsxImportSource hono/jsx/dom */
import type { Vid } from '@passport/model';

import { owner } from '../../texts/en/owner.ts';
import { inLanguage } from '../lib/language.ts';

const texts = inLanguage({ en: owner }).certificate;

/** The way to a certificate of this car: a page of its own, which this tab's keys are open on. */
export function CertificateLink({ vid }: { readonly vid: Vid }) {
  return (
    <section class="card" aria-labelledby="certificate">
      <h2 id="certificate">{texts.title}</h2>
      <p class="quiet">{texts.hint}</p>
      <p>
        <a class="button" href={`/owner/certificate#${vid}`}>
          {texts.open}
        </a>
      </p>
    </section>
  );
}

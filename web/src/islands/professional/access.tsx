/** @jsxImportSource hono/jsx/dom */
import { type OpenedBook, ReadError, readVehicleBook } from '@passport/client/browser';
import type { GrantTemplateName, Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { historyOf } from '../../book/book-line.ts';
import { timelineMarkup } from '../../book/markup.tsx';
import { accessFragment } from '../../browser/access-request.ts';
import { professional } from '../../texts/en/professional.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Choice } from '../lib/choice.tsx';
import { Html } from '../lib/html.tsx';
import { inLanguage } from '../lib/language.ts';
import { QrCode } from '../lib/qr-code.tsx';
import { writer } from '../lib/writer.ts';
import type { ProfessionalSession } from './session.ts';

const texts = inLanguage({ en: professional });
const words = texts.access;

/** What professionals ask owners for; who may buy a car asks on other pages. */
const templates = ['garage-visit', 'claim', 'pay-as-you-drive'] as const;

type Props = { readonly session: ProfessionalSession; readonly vid: Vid };

/** Asks the owner for access, and reads what they granted. */
export function Access(props: Props) {
  return (
    <>
      <Asking {...props} />
      <Reading {...props} />
    </>
  );
}

function Asking({ session, vid }: Props) {
  const { professional: who, store } = session;
  const isGarage = who.roles.includes('garage');
  const [template, setTemplate] = useState<GrantTemplateName>(isGarage ? 'garage-visit' : 'claim');
  const [link, setLink] = useState<string | undefined>(undefined);
  const ask = async (): Promise<void> => {
    const readerKey = await store.newReaderKey(vid);
    const grantee = { mspId: who.mspId };
    const request = { v: 1, vid, grantee, name: who.name, template, readerKey } as const;
    setLink(`${location.origin}/owner#${accessFragment(request)}`);
  };
  return (
    <section class="card" aria-labelledby="ask">
      <h3 id="ask">{words.title}</h3>
      <p class="quiet small">{words.hint}</p>
      <Choice
        id="template"
        label={words.template}
        value={template}
        choices={templates.map((one) => [one, texts.templates[one]] as const)}
        onValue={(chosen) => {
          setTemplate(chosen);
          setLink(undefined);
        }}
      />
      <ActionButton busy={words.running} run={ask}>
        {words.run}
      </ActionButton>
      {link !== undefined && (
        <>
          <QrCode text={link} label={words.label} />
          <label for="access-link">{words.copy}</label>
          <textarea id="access-link" readonly>
            {link}
          </textarea>
        </>
      )}
    </section>
  );
}

function Reading({ session, vid }: Props) {
  const [opened, setOpened] = useState<OpenedBook | 'not-granted' | undefined>(undefined);
  const read = async (): Promise<void> => {
    const { signer, store, place } = session;
    try {
      const book = await readVehicleBook({
        ...{ api: apiUrl(), via: location.origin, signer, now: place.now, vid },
        keys: { readerKeys: { find: (id) => store.findReaderKey(id) } },
      });
      setOpened(book);
    } catch (error) {
      if (!(error instanceof ReadError) || error.code !== 'API_REFUSED') throw error;
      setOpened('not-granted');
    }
  };
  return (
    <section class="card" aria-labelledby="granted">
      <h3 id="granted">{words.granted}</h3>
      <p class="quiet small">{words.readHint}</p>
      <ActionButton busy={words.reading} run={read}>
        {words.read}
      </ActionButton>
      {opened === 'not-granted' && (
        <p class="empty" role="status">
          {words.notGranted}
        </p>
      )}
      {typeof opened === 'object' && (
        <Html markup={timelineMarkup(historyOf(opened.events), writer)} />
      )}
    </section>
  );
}

/** What the serving API is called by those who ask it: proofs are for that URL. */
function apiUrl(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="api-url"]')?.content ?? '';
}

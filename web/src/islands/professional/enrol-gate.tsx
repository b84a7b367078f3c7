/** @jsxImportSource hono/jsx/dom */
import { useState } from 'hono/jsx/dom';

import { professional } from '../../texts/en/professional.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';

const texts = inLanguage({ en: professional }).enrol;

/** Whoever is new has a code. */
export function EnrolGate({ enter }: { readonly enter: (code: string) => Promise<void> }) {
  const [code, setCode] = useState('');
  return (
    <section class="card" aria-labelledby="enrol">
      <h2 id="enrol">{texts.title}</h2>
      <p>{texts.hint}</p>
      <Field id="enrolment-code" label={texts.code} value={code} onValue={setCode} />
      <ActionButton busy={texts.running} run={() => enter(code.trim())} isOff={code.trim() === ''}>
        {texts.run}
      </ActionButton>
    </section>
  );
}

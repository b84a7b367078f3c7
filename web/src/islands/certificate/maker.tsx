/** @jsxImportSource hono/jsx/dom */
import { base64urlOf, normaliseVin } from '@passport/model';
import {
  type CertificateField,
  certificateFields,
  type ShownVin,
  vinCommitment,
} from '@passport/model/certificate';
import { useState } from 'hono/jsx/dom';
import * as z from 'zod/mini';

import type { Texts } from '../../texts/en/index.ts';
import { fill } from '../lib/fill.ts';
import { askAs, type AskingAs } from './ask-as.ts';
import { MadeList } from './made-list.tsx';
import { Made, type MadeCertificate } from './made.tsx';

type Words = Texts['certificate'];

/** Days that one may choose. */
const DAYS = [1, 7, 30, 90];

const made = z.object({ id: z.string(), certificate: z.string(), expiresAt: z.string() });

/** What a certificate is made with. */
export type MakerProps = {
  readonly vid: string;
  readonly asking: AskingAs;
  readonly texts: Words;
};

/** An owner chooses what a certificate of their car says, has it made, hands it out, and revokes it. */
export function CertificateMaker({ vid, asking, texts }: MakerProps) {
  const words = texts.make;
  const [fields, setFields] = useState<readonly CertificateField[]>(certificateFields);
  const [days, setDays] = useState(30);
  const [vin, setVin] = useState('');
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const [isMaking, setMaking] = useState(false);
  const [result, setResult] = useState<MadeCertificate | undefined>(undefined);
  const submit = async (): Promise<void> => {
    const shown = shownVin(vin);
    if (shown === 'wrong') return setTrouble(words.vinWrong);
    if (fields.length === 0) return setTrouble(words.noneChosen);
    setTrouble(undefined);
    setMaking(true);
    try {
      const commitment = shown && { vin: vinCommitment(shown.salt, shown.vin) };
      const asked = { fields, days, ...commitment };
      const answer = await askAs(asking, 'POST', `/v1/vehicles/${vid}/certificates`, asked);
      setResult({ ...made.parse(answer), shown });
    } catch (error) {
      setTrouble(fill(words.failed, { reason: String(error instanceof Error && error.message) }));
    }
    return setMaking(false);
  };
  const toggle = (field: CertificateField): void =>
    setFields(
      fields.includes(field) ? fields.filter((each) => each !== field) : [...fields, field],
    );
  return (
    <>
      <form
        class="card"
        onSubmit={(event: Event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <fieldset>
          <legend>{words.fields}</legend>
          {certificateFields.map((field) => (
            <p class="choice">
              <input
                type="checkbox"
                id={`certify-${field}`}
                checked={fields.includes(field)}
                onChange={() => toggle(field)}
              />
              <label for={`certify-${field}`}>
                {texts.verify.field[field].title}
                <span class="hint"> {words.fieldHints[field]}</span>
              </label>
            </p>
          ))}
        </fieldset>
        <div class="field">
          <label for="certify-days">{words.days}</label>
          <select
            id="certify-days"
            value={String(days)}
            onChange={(event: Event) => setDays(Number((event.target as HTMLSelectElement).value))}
          >
            {DAYS.map((each) => (
              <option value={String(each)} selected={each === days}>
                {fill(words.day, { days: each })}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="certify-vin">{words.vin}</label>
          <input
            id="certify-vin"
            autocomplete="off"
            spellcheck={false}
            value={vin}
            aria-describedby="certify-vin-hint certify-trouble"
            aria-invalid={trouble === words.vinWrong ? 'true' : 'false'}
            onInput={(event: Event) => setVin((event.target as HTMLInputElement).value)}
          />
          <p class="hint" id="certify-vin-hint">
            {words.vinHint}
          </p>
        </div>
        <p id="certify-trouble" role="alert">
          {trouble ?? ''}
        </p>
        <p>
          <button type="submit" disabled={isMaking}>
            {isMaking ? words.making : words.submit}
          </button>
        </p>
      </form>
      {result === undefined ? null : <Made made={result} texts={texts} />}
      <MadeList vid={vid} asking={asking} texts={texts} newest={result?.id} />
    </>
  );
}

/** A VIN with a new salt; undefined where none was given. */
function shownVin(text: string): ShownVin | undefined | 'wrong' {
  if (text.trim() === '') return undefined;
  try {
    const vin = normaliseVin(text);
    return { salt: base64urlOf(crypto.getRandomValues(new Uint8Array(16))), vin };
  } catch {
    // The person is told how a VIN is written.
    return 'wrong';
  }
}

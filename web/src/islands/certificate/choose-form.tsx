/** @jsxImportSource hono/jsx/dom */
import { type CertificateField, certificateFields } from '@passport/model/certificate';

import type { Texts } from '../../texts/en/index.ts';
import { fill } from '../lib/fill.ts';

/** Days that one may choose. */
const DAYS = [1, 7, 30, 90];

/** What an owner has chosen, as they wrote it. */
export type Choice = {
  readonly fields: readonly CertificateField[];
  readonly days: number;
  readonly vin: string;
};

/** Everything, for a month. */
export const usualChoice: Choice = { fields: certificateFields, days: 30, vin: '' };

/** Where an owner chooses what a certificate says. */
export function ChooseForm({
  texts,
  choice,
  change,
  trouble,
  isMaking,
  make,
}: {
  readonly texts: Texts['certificate'];
  readonly choice: Choice;
  readonly change: (to: Partial<Choice>) => void;
  readonly trouble: string | undefined;
  readonly isMaking: boolean;
  readonly make: () => void;
}) {
  const words = texts.make;
  return (
    <form
      class="card"
      onSubmit={(event: Event) => {
        event.preventDefault();
        make();
      }}
    >
      <Fields chosen={choice.fields} texts={texts} change={(fields) => change({ fields })} />
      <div class="field">
        <label for="certify-days">{words.days}</label>
        <select
          id="certify-days"
          onChange={(event: Event) => {
            change({ days: Number((event.target as HTMLSelectElement).value) });
          }}
        >
          {DAYS.map((each) => (
            <option value={String(each)} selected={each === choice.days}>
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
          value={choice.vin}
          aria-describedby="certify-vin-hint certify-trouble"
          aria-invalid={trouble === words.vinWrong ? 'true' : 'false'}
          onInput={(event: Event) => change({ vin: (event.target as HTMLInputElement).value })}
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
  );
}

function Fields({
  chosen,
  texts,
  change,
}: {
  readonly chosen: readonly CertificateField[];
  readonly texts: Texts['certificate'];
  readonly change: (fields: readonly CertificateField[]) => void;
}) {
  const toggle = (field: CertificateField): void =>
    change(chosen.includes(field) ? chosen.filter((each) => each !== field) : [...chosen, field]);
  return (
    <fieldset>
      <legend>{texts.make.fields}</legend>
      {certificateFields.map((field) => (
        <p class="choice">
          <input
            type="checkbox"
            id={`certify-${field}`}
            checked={chosen.includes(field)}
            onChange={() => toggle(field)}
          />
          <label for={`certify-${field}`}>
            {texts.verify.field[field].title}
            <span class="hint"> {texts.make.fieldHints[field]}</span>
          </label>
        </p>
      ))}
    </fieldset>
  );
}

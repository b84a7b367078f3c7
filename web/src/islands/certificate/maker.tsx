/** @jsxImportSource hono/jsx/dom */
import { base64urlOf, normaliseVin } from '@passport/model';
import { type ShownVin, vinCommitment } from '@passport/model/certificate';
import { useState } from 'hono/jsx/dom';
import * as z from 'zod/mini';

import type { Texts } from '../../texts/en/index.ts';
import { failureText } from '../lib/failure-text.ts';
import { fill } from '../lib/fill.ts';
import { askAs, type AskingAs } from '../lib/ask-as.ts';
import { ChooseForm, usualChoice } from './choose-form.tsx';
import { MadeList } from './made-list.tsx';
import { Made, type MadeCertificate } from './made.tsx';
import { Preview } from './preview.tsx';

const made = z.object({ id: z.string(), certificate: z.string(), expiresAt: z.string() });

/** What a certificate is made with. */
export type MakerProps = {
  readonly vid: string;
  readonly asking: AskingAs;
  readonly texts: Texts['certificate'];
};

/** An owner chooses what a certificate of their car says, has it made, hands it out, and revokes it. */
export function CertificateMaker({ vid, asking, texts }: MakerProps) {
  const words = texts.make;
  const [choice, setChoice] = useState(usualChoice);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const [isMaking, setMaking] = useState(false);
  const [result, setResult] = useState<MadeCertificate | undefined>(undefined);
  const make = async (): Promise<void> => {
    const { fields, days, vin } = choice;
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
      setTrouble(fill(words.failed, { reason: failureText(error) }));
    }
    return setMaking(false);
  };
  return (
    <>
      <div class="split">
        <ChooseForm
          texts={texts}
          choice={choice}
          change={(to) => setChoice({ ...choice, ...to })}
          trouble={trouble}
          isMaking={isMaking}
          make={() => void make()}
        />
        <Preview vid={vid} asking={asking} chosen={choice.fields} texts={texts} />
      </div>
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

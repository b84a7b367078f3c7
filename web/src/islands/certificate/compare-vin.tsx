/** @jsxImportSource hono/jsx/dom */
import {
  type CertificateClaims,
  compareVin,
  type ShownVin,
  type VinComparison,
} from '@passport/model/certificate';
import { useState } from 'hono/jsx/dom';

import type { Texts } from '../../texts/en/index.ts';
import { Field } from '../lib/field.tsx';
import { readsBarCodes, readVinPicture } from './read-vin-picture.ts';

const tones: Readonly<Record<VinComparison, 'good' | 'warn' | 'bad'>> = {
  same: 'good',
  other: 'bad',
  sealed: 'warn',
  'no-vin': 'warn',
  uncommitted: 'warn',
};

/** Compares the VIN on a car with the one in its certificate. Nothing of it leaves the browser. */
export function CompareVin({
  claims,
  shown,
  texts,
}: {
  readonly claims: CertificateClaims;
  readonly shown: ShownVin | undefined;
  readonly texts: Texts['certificate']['verify']['vin']['check'];
}) {
  const [vin, setVin] = useState('');
  const [salt, setSalt] = useState('');
  const [found, setFound] = useState<VinComparison | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const compare = (event: Event): void => {
    event.preventDefault();
    setFound(compareVin({ claims, shown }, { vin, salt }));
  };
  const scan = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    const read = file && (await readVinPicture(file));
    setTrouble(read === undefined ? texts.noBarCode : undefined);
    if (read !== undefined) setVin(read);
  };
  const edited =
    (set: (text: string) => void) =>
    (text: string): void => {
      // What was found was of what stood there before.
      setFound(undefined);
      set(text);
    };
  return (
    <form class="no-print" onSubmit={compare}>
      <Field id="compare-vin" label={texts.vin} value={vin} onValue={edited(setVin)} />
      {readsBarCodes() && (
        <div class="field">
          <label for="compare-picture">{texts.scan}</label>
          <input
            id="compare-picture"
            type="file"
            accept="image/*"
            onChange={(event: Event) => void scan(event.target as HTMLInputElement)}
          />
          <p class="hint" role="alert">
            {trouble ?? ''}
          </p>
        </div>
      )}
      {shown === undefined && (
        <Field
          id="compare-number"
          label={texts.number}
          value={salt}
          onValue={edited(setSalt)}
          hint={texts.numberHint}
        />
      )}
      <p>
        <button type="submit" disabled={vin.trim() === ''}>
          {texts.run}
        </button>
      </p>
      {found !== undefined && (
        <p class={`notice notice-${tones[found]}`} role="status" data-compared={found}>
          {texts.result[found]}
        </p>
      )}
    </form>
  );
}

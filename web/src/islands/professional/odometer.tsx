/** @jsxImportSource hono/jsx/dom */
import type { SubmittedCall } from '@passport/ledger-client/wallet';
import { dayOf, parseCommandId, parseEventId } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { professional } from '../../texts/en/professional.ts';
import { mayWrite, methodFor } from '../../work/what-may.ts';
import { isKm, isPastDay } from '../../work/written.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { type MemberVehicle, newName, type ProfessionalSession } from './session.ts';

const texts = inLanguage({ en: professional });
const words = texts.odometer;

const KIND = 'odometer-replaced';

type Form = { readonly day: string; readonly former: string; readonly km: string };

/** Says that the odometer was replaced, for those who may do that. */
export function Odometer({
  session,
  vehicle,
  changed,
}: {
  readonly session: ProfessionalSession;
  readonly vehicle: MemberVehicle;
  readonly changed: () => void;
}) {
  const today = dayOf(session.place.now().getTime());
  const empty: Form = { day: today, former: '', km: '' };
  const [form, setForm] = useState<Form>(empty);
  const [block, setBlock] = useState<string | undefined>(undefined);
  if (!mayWrite(KIND, session.professional.roles)) return null;
  const set = (part: Partial<Form>): void => setForm({ ...form, ...part });
  const troubleOf = (km: string) => (km === '' || isKm(km) ? undefined : texts.record.kmWrong);
  const isDayRight = isPastDay(form.day, today);
  const send = async (): Promise<void> => {
    setBlock(undefined);
    const submitted = await replace(session, vehicle, form);
    setBlock(submitted.block);
    setForm(empty);
    changed();
  };
  return (
    <section class="card" aria-labelledby="odometer">
      <h3 id="odometer">{words.title}</h3>
      <p class="quiet small">{words.hint}</p>
      <Field
        id="replaced-on"
        label={words.day}
        type="date"
        value={form.day}
        onValue={(day) => set({ day })}
        trouble={isDayRight ? undefined : texts.record.dayWrong}
      />
      <Field
        id="former-km"
        label={words.former}
        type="number"
        value={form.former}
        onValue={(former) => set({ former })}
        trouble={troubleOf(form.former)}
      />
      <Field
        id="new-km"
        label={words.km}
        type="number"
        value={form.km}
        onValue={(km) => set({ km })}
        trouble={troubleOf(form.km)}
      />
      <ActionButton
        busy={words.running}
        run={send}
        isOff={!isKm(form.former) || !isKm(form.km) || !isDayRight}
      >
        {words.run}
      </ActionButton>
      {block !== undefined && (
        <p class="notice notice-good" role="status">
          {words.done} {block}
        </p>
      )}
    </section>
  );
}

async function replace(
  { professional: who, ledger }: ProfessionalSession,
  { vid }: MemberVehicle,
  { day: at, former, km }: Form,
): Promise<SubmittedCall> {
  const method = methodFor(KIND, who.methods);
  if (method === undefined) throw new Error(texts.acts.noMethod);
  const name = newName();
  const event = { id: parseEventId(name), vid, at, method, odometerKm: Number(km) };
  const request = {
    ...{ commandId: parseCommandId(name), source: who.source, event },
    formerOdometerKm: Number(former),
  };
  return ledger.submit({ functionName: 'replaceOdometer', request });
}

/** @jsxImportSource hono/jsx/dom */
import type { SubmittedCall } from '@passport/ledger-client/wallet';
import {
  dayOf,
  type Fields,
  type JobCode,
  jobCodes,
  kindRules,
  parseCommandId,
  parseEventId,
  type RecordableKind,
} from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { type Attachment, attachmentOf } from '../../browser/attachment.ts';
import { book } from '../../texts/en/book.ts';
import { professional } from '../../texts/en/professional.ts';
import { sealWork } from '../../work/seal-work.ts';
import { kindsFor, methodFor } from '../../work/what-may.ts';
import { isKm, isPastDay } from '../../work/written.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Choice } from '../lib/choice.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { saveFile } from '../lib/save-file.ts';
import { type MemberVehicle, newName, type ProfessionalSession, randomBytes } from './session.ts';

const texts = inLanguage({ en: professional });
const words = texts.record;
const signals = inLanguage({ en: book }).signals;

type Form = {
  readonly kind: RecordableKind;
  readonly day: string;
  readonly km: string;
  readonly jobs: readonly JobCode[];
  readonly result: string;
  readonly severity: string;
  readonly damage: string;
  readonly files: readonly Attachment[];
};

/** Where it was recorded, and the proof of its files, which nobody but the professional has. */
type Recorded = { readonly block: string; readonly files: readonly Attachment[] };

/** Records what a professional did or saw: sealed and signed here. */
export function Record({
  session,
  vehicle,
  changed,
}: {
  readonly session: ProfessionalSession;
  readonly vehicle: MemberVehicle;
  readonly changed: () => void;
}) {
  const kinds = kindsFor(session.professional.roles);
  const [kind = 'mileage'] = kinds.includes('intervention') ? ['intervention' as const] : kinds;
  const today = dayOf(session.place.now().getTime());
  const empty: Form = {
    ...{ kind, day: today, km: '', jobs: [], files: [] },
    ...{ result: 'passed', severity: 'minor', damage: '' },
  };
  const [form, setForm] = useState<Form>(empty);
  const [done, setDone] = useState<Recorded | undefined>(undefined);
  const set = (part: Partial<Form>): void => setForm({ ...form, ...part });
  if (kinds.length === 0) return <p class="empty">{words.none}</p>;
  const isKmRight = form.km === '' ? !needsKm(form) : isKm(form.km);
  const isDayRight = isPastDay(form.day, today);
  const lacksJobs = form.kind === 'intervention' && form.jobs.length === 0;
  const record = async (): Promise<void> => {
    setDone(undefined);
    const submitted = await send(session, vehicle, form);
    if (submitted === undefined) return;
    setDone({ block: submitted.block, files: form.files });
    setForm({ ...empty, kind: form.kind });
    changed();
  };
  return (
    <section class="card" aria-labelledby="record">
      <h3 id="record">{words.title}</h3>
      <Choice
        id="kind"
        label={words.kind}
        value={form.kind}
        choices={kinds.map((one) => [one, words.kinds[one]] as const)}
        onValue={(chosen) => set({ kind: chosen })}
      />
      <WhenAndKm form={form} set={set} today={today} />
      <Particulars key={done?.block} form={form} set={set} />
      <p class="quiet small">{words.sealedHint}</p>
      <ActionButton
        busy={words.running}
        run={record}
        isOff={!isKmRight || !isDayRight || lacksJobs}
      >
        {words.run}
      </ActionButton>
      {lacksJobs && done === undefined && <p class="hint">{words.jobsMissing}</p>}
      {done !== undefined && <Done done={done} />}
    </section>
  );
}

function WhenAndKm({
  form,
  set,
  today,
}: {
  readonly form: Form;
  readonly set: (part: Partial<Form>) => void;
  readonly today: string;
}) {
  return (
    <>
      <Field
        id="day"
        label={words.day}
        type="date"
        value={form.day}
        onValue={(day) => set({ day })}
        trouble={isPastDay(form.day, today) ? undefined : words.dayWrong}
      />
      <Field
        id="km"
        label={needsKm(form) ? words.km : words.kmOptional}
        type="number"
        value={form.km}
        onValue={(km) => set({ km })}
        trouble={form.km === '' || isKm(form.km) ? undefined : words.kmWrong}
      />
    </>
  );
}

function Particulars({
  form,
  set,
}: {
  readonly form: Form;
  readonly set: (part: Partial<Form>) => void;
}) {
  const { kind, jobs } = form;
  const turn = (job: JobCode): void =>
    set({ jobs: jobs.includes(job) ? jobs.filter((one) => one !== job) : [...jobs, job] });
  return (
    <>
      {kind === 'intervention' && (
        <fieldset class="ticks">
          <legend>{words.jobs}</legend>
          {jobCodes.map((job) => (
            <label for={`job-${job}`}>
              <input
                id={`job-${job}`}
                type="checkbox"
                checked={jobs.includes(job)}
                onChange={() => turn(job)}
              />
              {texts.jobs[job]}
            </label>
          ))}
        </fieldset>
      )}
      {kind === 'inspection' && (
        <Choice
          id="result"
          label={words.result}
          value={form.result}
          choices={Object.entries(words.results)}
          onValue={(result) => set({ result })}
        />
      )}
      {kind === 'incident' && (
        <>
          <Choice
            id="severity"
            label={words.severity}
            value={form.severity}
            choices={Object.entries(words.severities)}
            onValue={(severity) => set({ severity })}
          />
          <Field
            id="damage"
            label={words.damage}
            value={form.damage}
            onValue={(damage) => set({ damage })}
            hint={words.damageHint}
          />
        </>
      )}
      {kind !== 'mileage' && <Files add={(files) => set({ files })} />}
    </>
  );
}

function Done({ done: { block, files } }: { readonly done: Recorded }) {
  const save = (): void =>
    saveFile('attachments.json', JSON.stringify(files, undefined, 2), 'application/json');
  return (
    <div class="notice notice-good" role="status">
      <p>
        {words.done} {block}
      </p>
      {files.length > 0 && (
        <button type="button" class="button-quiet" onClick={save}>
          {words.proof}
        </button>
      )}
    </div>
  );
}

function Files({ add }: { readonly add: (files: readonly Attachment[]) => void }) {
  const read = async (input: HTMLInputElement): Promise<void> => {
    const chosen = [...(input.files ?? [])];
    const made: Attachment[] = [];
    for (const file of chosen) {
      const content = new Uint8Array(await file.arrayBuffer());
      made.push(attachmentOf(file.name, content, randomBytes));
    }
    add(made);
  };
  return (
    <div class="field">
      <label for="files">{words.files}</label>
      <input
        id="files"
        type="file"
        multiple
        aria-describedby="files-hint"
        onChange={(event: Event) => void read(event.target as HTMLInputElement)}
      />
      <p class="hint" id="files-hint">
        {words.filesHint}
      </p>
    </div>
  );
}

async function send(
  { professional: who, place, ledger, sealer }: ProfessionalSession,
  { vid, keys }: MemberVehicle,
  form: Form,
): Promise<SubmittedCall | undefined> {
  const { kind, day: at, km } = form;
  const method = methodFor(kind, who.methods);
  if (method === undefined) throw new Error(texts.acts.noMethod);
  const name = newName();
  const id = parseEventId(name);
  const where = { vid, event: id, source: who.source, keys, now: place.now() };
  const { sealed, leftOut } = await sealWork(sealer, fieldsOf(form), where);
  const missing = leftOut.map((field) => signals[field]).join(', ');
  if (leftOut.length > 0 && !confirm(`${words.leftOut} ${missing}`)) return undefined;
  const event = {
    ...{ id, vid, kind, at, method },
    ...(km === '' ? {} : { odometerKm: Number(km) }),
    ...(Object.keys(sealed).length === 0 ? {} : { sealed }),
  };
  const request = { commandId: parseCommandId(name), source: who.source, events: [event] };
  return ledger.submit({ functionName: 'recordEvents', request });
}

/** What is sealed of a form. */
function fieldsOf({ kind, jobs, result, severity, damage, files }: Form): Fields {
  const commitments = files.map(({ commitment }) => commitment).join(',');
  switch (kind) {
    case 'intervention':
      return {
        'Passport.Intervention.Jobs': jobs.join(','),
        ...(commitments !== '' && { 'Passport.Intervention.Attachments': commitments }),
      };
    case 'inspection':
      return {
        'Passport.Inspection.Result': result,
        ...(commitments !== '' && { 'Passport.Intervention.Attachments': commitments }),
      };
    case 'incident':
      return {
        'Passport.Incident.Severity': severity,
        ...(damage.trim() !== '' && { 'Passport.Incident.Damage': damage.trim() }),
        ...(commitments !== '' && { 'Passport.Incident.Attachments': commitments }),
      };
    case 'mileage':
    case 'trip':
      return {};
  }
}

function needsKm({ kind }: Form): boolean {
  return kindRules[kind].odometer === 'required';
}

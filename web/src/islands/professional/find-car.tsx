/** @jsxImportSource hono/jsx/dom */
import { parseCommandId, parseKeyId, type Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import type { FoundVin } from '../../browser/vin-finder.ts';
import { professional } from '../../texts/en/professional.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { newName, type ProfessionalSession, readVehicle } from './session.ts';

const texts = inLanguage({ en: professional });

/** Finds a car by its VIN, and takes one in that the log book does not have. */
export function FindCar({
  session,
  found,
}: {
  readonly session: ProfessionalSession;
  readonly found: (vid: Vid | undefined) => void;
}) {
  const [vin, setVin] = useState('');
  const [missing, setMissing] = useState<FoundVin | undefined>(undefined);
  const { finder } = session;
  const { title, hint, run, running, unavailable, disputed } = texts.find;
  if (finder === undefined) return <p class="notice notice-warn">{unavailable}</p>;
  const find = async (): Promise<void> => {
    found(undefined);
    setMissing(undefined);
    const match = await finder.find(vin);
    if ((await readVehicle(session, match.vid)) === undefined) setMissing(match);
    else found(match.vid);
  };
  return (
    <section aria-labelledby="find">
      <h2 id="find">{title}</h2>
      <Field id="vin" label={texts.find.vin} value={vin} onValue={setVin} hint={hint} />
      <ActionButton busy={running} run={find} isOff={vin.trim() === ''}>
        {run}
      </ActionButton>
      {missing?.isDisputed === true && <p class="notice notice-warn">{disputed}</p>}
      {missing !== undefined && !missing.isDisputed && (
        <NotThere
          session={session}
          match={missing}
          done={() => {
            setMissing(undefined);
            found(missing.vid);
          }}
        />
      )}
    </section>
  );
}

function NotThere({
  session,
  match: { ticket },
  done,
}: {
  readonly session: ProfessionalSession;
  readonly match: FoundVin;
  readonly done: () => void;
}) {
  const { unknown, unknownHint, unknownElsewhere } = texts.find;
  return (
    <div class="card">
      <p class="notice notice-warn" role="status">
        {unknown} {ticket === null ? unknownElsewhere : unknownHint}
      </p>
      {ticket !== null && <Register session={session} ticket={ticket} done={done} />}
    </div>
  );
}

function Register({
  session: { professional: who, ledger },
  ticket,
  done,
}: {
  readonly session: ProfessionalSession;
  readonly ticket: string;
  readonly done: () => void;
}) {
  const words = texts.register;
  const [day, setDay] = useState('');
  const [owner, setOwner] = useState('');
  const register = async (): Promise<void> => {
    const vehicle = { ticket, day, owner: parseKeyId(owner.trim()) };
    const commandId = parseCommandId(newName());
    const request = { commandId, source: who.source, vehicles: [vehicle] };
    await ledger.submit({ functionName: 'registerVehicles', request });
    done();
  };
  return (
    <>
      <h3>{words.title}</h3>
      <Field id="in-use-since" label={words.day} type="date" value={day} onValue={setDay} />
      <Field
        id="owner-key"
        label={words.owner}
        value={owner}
        onValue={setOwner}
        hint={words.ownerHint}
      />
      <ActionButton busy={words.running} run={register} isOff={day === '' || owner === ''}>
        {words.run}
      </ActionButton>
    </>
  );
}

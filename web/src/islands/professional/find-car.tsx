/** @jsxImportSource hono/jsx/dom */
import type { Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import type { FoundVin } from '../../browser/vin-finder.ts';
import { professional } from '../../texts/en/professional.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { type ProfessionalSession, readVehicle } from './session.ts';
import { TakeIn } from './take-in.tsx';

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
          claim={async () => setMissing(await finder.find(vin, 'registration'))}
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
  match: { vid, ticket },
  claim,
  done,
}: {
  readonly session: ProfessionalSession;
  readonly match: FoundVin;
  /** Asks for the ticket, which is a claim. */
  readonly claim: () => Promise<void>;
  readonly done: () => void;
}) {
  const { unknown, unknownHint, unknownElsewhere, claimHint, claiming } = texts.find;
  return (
    <div class="card">
      <p class="notice notice-warn" role="status">
        {unknown} {ticket === null ? unknownElsewhere : unknownHint}
      </p>
      {ticket === null ? (
        <>
          <p class="quiet">{claimHint}</p>
          <ActionButton busy={claiming} look="button-quiet" run={claim}>
            {texts.find.claim}
          </ActionButton>
        </>
      ) : (
        <TakeIn session={session} newcomer={{ vid, ticket }} done={done} />
      )}
    </div>
  );
}

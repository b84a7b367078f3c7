/** @jsxImportSource hono/jsx/dom */
import { base64urlOf, type Fields, parseCommandId, type Vid } from '@passport/model';
import { useRef, useState } from 'hono/jsx/dom';

import { digitsOf, type NewOwner, type TakingIn, takingInAt } from '../../browser/taking-in.ts';
import { professional } from '../../texts/en/professional.ts';
import { sealPapers } from '../../work/seal-work.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { FailureNote } from '../lib/failure-note.tsx';
import { inLanguage } from '../lib/language.ts';
import { usePolled } from '../lib/polled.ts';
import { MeetingCode } from '../lib/meeting-code.tsx';
import { PapersForm, papersIn, noPapers } from './papers-form.tsx';
import { newName, type ProfessionalSession, randomBytes } from './session.ts';

const words = inLanguage({ en: professional }).register;

/** A vehicle that the registry has given a ticket for. */
export type Newcomer = { readonly vid: Vid; readonly ticket: string };

type Props = {
  readonly session: ProfessionalSession;
  readonly newcomer: Newcomer;
  /** The car is in the log book, and is to be shown. */
  readonly done: () => void;
};

/** Takes a car into the log book, with the first keys of its owner, which their phone makes. */
export function TakeIn({ session, newcomer, done }: Props) {
  const [form, setForm] = useState(noPapers);
  const [meeting, setMeeting] = useState<TakingIn | undefined>(undefined);
  const about = papersIn(form);
  const show = async (): Promise<void> => {
    const begun = takingInAt(base64urlOf(randomBytes(16)));
    await begun.leaveAsHost(sideOf(session, newcomer.vid));
    setMeeting(begun);
  };
  return (
    <section aria-labelledby="take-in">
      <h3 id="take-in">{words.title}</h3>
      {meeting === undefined || about === undefined ? (
        <>
          <PapersForm form={form} set={(part) => setForm({ ...form, ...part })} />
          <p class="quiet small">{words.papersHint}</p>
          <ActionButton busy={words.showing} run={show} isOff={about === undefined}>
            {words.show}
          </ActionButton>
        </>
      ) : (
        <WithOwner
          session={session}
          newcomer={newcomer}
          meeting={meeting}
          about={about}
          done={done}
        />
      )}
    </section>
  );
}

function sideOf({ professional: { name, mspId } }: ProfessionalSession, vid: Vid) {
  return { vid, name, member: mspId };
}

function WithOwner({
  session,
  newcomer,
  meeting,
  about,
  done,
}: Props & { readonly meeting: TakingIn; readonly about: About }) {
  const [block, setBlock] = useState<string | undefined>(undefined);
  // What is compared is what is signed: whatever else is left at the meeting later is not looked at.
  const first = useRef<{ readonly owner: NewOwner; readonly digits: string } | undefined>(
    undefined,
  );
  const { value, failure } = usePolled(
    async (signal) => {
      const owner = first.current === undefined ? await meeting.guest(signal) : undefined;
      if (owner !== undefined)
        first.current = { owner, digits: await digitsOf(newcomer.vid, owner) };
      return first.current;
    },
    [meeting],
  );
  const sign = async (): Promise<void> => {
    if (value === undefined) return;
    const { block: at } = await register(session, newcomer, value.owner, about);
    await meeting.leaveAsHost({ ...sideOf(session, newcomer.vid), block: at });
    setBlock(at);
  };
  if (block !== undefined) {
    return (
      <div class="notice notice-good" role="status">
        <p>
          {words.done} {block}.
        </p>
        <button type="button" onClick={done}>
          {words.open}
        </button>
      </div>
    );
  }
  return (
    <div aria-live="polite">
      {value === undefined ? (
        <MeetingCode
          id="new-link"
          link={`${location.origin}/owner#new=${meeting.code}`}
          texts={words}
        />
      ) : (
        <>
          <p>{words.digits}</p>
          <p class="digits">{value.digits}</p>
          <ActionButton busy={words.running} run={sign}>
            {words.run}
          </ActionButton>
        </>
      )}
      <FailureNote failure={failure} />
    </div>
  );
}

type About = { readonly day: string; readonly papers: Fields };

async function register(
  { professional: who, ledger, sealer, place }: ProfessionalSession,
  { vid, ticket }: Newcomer,
  { owner, keys }: NewOwner,
  { day, papers }: About,
): Promise<{ readonly block: string }> {
  const where = { vid, keys, member: who.mspId, now: place.now() };
  const sealed = await sealPapers(sealer, papers, where);
  const vehicle = { ticket, day, owner, keys, sealed };
  const commandId = parseCommandId(newName());
  const request = { commandId, source: who.source, vehicles: [vehicle] };
  return ledger.submit({ functionName: 'registerVehicles', request });
}

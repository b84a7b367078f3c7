/** @jsxImportSource hono/jsx/dom */
import {
  dayOf,
  parseCommandId,
  parseEventId,
  type RecordableKind,
  recordableKinds,
} from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { book } from '../../texts/en/book.ts';
import { professional } from '../../texts/en/professional.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { writer } from '../lib/writer.ts';
import {
  type MemberEvent,
  type MemberVehicle,
  newName,
  type ProfessionalSession,
} from './session.ts';

const texts = inLanguage({ en: professional }).history;
const words = inLanguage({ en: book });

/** Entries that are shown before one asks for all. */
const FIRST = 20;

type Props = {
  readonly session: ProfessionalSession;
  readonly vehicle: MemberVehicle;
  readonly changed: () => void;
};

/** What all members see of a car, the newest first; what is one's own can be taken back. */
export function MemberHistory({ session, vehicle, changed }: Props) {
  const [all, setAll] = useState(false);
  const events = vehicle.events.toReversed();
  return (
    <section aria-labelledby="history">
      <h3 id="history">{texts.title}</h3>
      <p class="quiet small">{texts.hint}</p>
      {events.length === 0 && <p class="empty">{texts.none}</p>}
      <ol class="timeline">
        {(all ? events : events.slice(0, FIRST)).map((event) => (
          <Entry event={event} session={session} vehicle={vehicle} changed={changed} />
        ))}
      </ol>
      {!all && events.length > FIRST && (
        <button type="button" class="button-quiet" onClick={() => setAll(true)}>
          {texts.all(writer.whole(events.length))}
        </button>
      )}
    </section>
  );
}

function Entry({ event, ...props }: Props & { readonly event: MemberEvent }) {
  const { kind, at, odometerKm, quality, flags, state, source, recordedAt, voidedBy } = event;
  const isOwn = source === props.session.professional.source;
  const canGo = isOwn && voidedBy === undefined && isRecordable(kind);
  return (
    <li class={voidedBy !== undefined ? 'is-quiet' : flags.length > 0 ? 'is-warn' : ''}>
      <p class="entry-head">
        <time datetime={at}>{at}</time>{' '}
        <strong>{(words.kinds as Readonly<Record<string, string>>)[kind] ?? kind}</strong>
        {odometerKm !== undefined && (
          <>
            {' '}
            <span class="number">
              {writer.whole(odometerKm)} {words.km}
            </span>
          </>
        )}
        {state !== undefined && (
          <span class="chip">
            {(words.states as Readonly<Record<string, string>>)[state] ?? state}
          </span>
        )}
        {voidedBy !== undefined && <span class="chip chip-warn">{words.isVoid}</span>}
      </p>
      {flags.map((flag) => (
        <p class="entry-flag">{(words.flags as Readonly<Record<string, string>>)[flag] ?? flag}</p>
      ))}
      {voidedBy !== undefined && <p class="small">{voidedBy.reason}</p>}
      {canGo && <TakeBack event={event} {...props} />}
      <p class="block">
        {source} · {words.quality} {quality.index} {words.qualityOf} ·{' '}
        {recordedAt.slice(0, 16).replace('T', ' ')} UTC
      </p>
    </li>
  );
}

function TakeBack({
  session: { professional: who, place, ledger },
  vehicle: { vid },
  event: { id, entry, index },
  changed,
}: Props & { readonly event: MemberEvent }) {
  const [reason, setReason] = useState('');
  const takeBack = async (): Promise<void> => {
    const name = newName();
    await ledger.submit({
      functionName: 'voidEvent',
      request: {
        commandId: parseCommandId(name),
        ...{ source: who.source, id: parseEventId(name), vid, reason },
        at: dayOf(place.now().getTime()),
        event: { source: who.source, entry, index },
      },
    });
    changed();
  };
  return (
    <details>
      <summary>{texts.takeBack}</summary>
      <Field id={`reason-${id}`} label={texts.reason} value={reason} onValue={setReason} />
      <ActionButton
        busy={texts.running}
        look="button-bad"
        run={takeBack}
        isOff={reason.trim() === ''}
      >
        {texts.sure}
      </ActionButton>
    </details>
  );
}

function isRecordable(kind: string): kind is RecordableKind {
  return recordableKinds.some((one) => one === kind);
}

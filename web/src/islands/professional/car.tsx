/** @jsxImportSource hono/jsx/dom */
import type { Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { isDoubtful } from '../../book/book-line.ts';
import { book } from '../../texts/en/book.ts';
import { professional } from '../../texts/en/professional.ts';
import { inLanguage } from '../lib/language.ts';
import { Loaded } from '../lib/loaded.tsx';
import { writer } from '../lib/writer.ts';
import { Access } from './access.tsx';
import { Acts } from './acts.tsx';
import { MemberHistory } from './member-history.tsx';
import { Odometer } from './odometer.tsx';
import { Record } from './record.tsx';
import { type MemberVehicle, type ProfessionalSession, readVehicle } from './session.ts';

const texts = inLanguage({ en: professional });
const words = inLanguage({ en: book });

/** A car that stands before a professional: what it is, what they record, what they may read. */
export function Car({
  session,
  vid,
}: {
  readonly session: ProfessionalSession;
  readonly vid: Vid;
}) {
  const [turn, setTurn] = useState(0);
  const changed = (): void => setTurn(turn + 1);
  return (
    <Loaded
      load={() => load(session, vid)}
      watch={[vid, turn]}
      loading={texts.loading}
      again={texts.again}
    >
      {(vehicle) => (
        <article aria-label={vid}>
          <Summary vehicle={vehicle} />
          <div class="split">
            <Record session={session} vehicle={vehicle} changed={changed} />
            <div>
              <Acts session={session} vehicle={vehicle} changed={changed} />
              <Odometer session={session} vehicle={vehicle} changed={changed} />
            </div>
          </div>
          <MemberHistory session={session} vehicle={vehicle} changed={changed} />
          <Access session={session} vid={vid} />
        </article>
      )}
    </Loaded>
  );
}

async function load(session: ProfessionalSession, vid: Vid): Promise<MemberVehicle> {
  const vehicle = await readVehicle(session, vid);
  if (vehicle === undefined) throw new Error(texts.find.unknown);
  return vehicle;
}

function Summary({ vehicle }: { readonly vehicle: MemberVehicle }) {
  const { lifeCycle, events, hasOwner } = vehicle;
  const { state, mileage, entries, km, noOwner, wreckBy, asOf, doubtful } = texts.car;
  const doubts = events.filter(({ flags }) => isDoubtful({ detail: { flags } })).length;
  const last = events
    .filter(({ odometerKm, voidedBy }) => odometerKm !== undefined && voidedBy === undefined)
    .at(-1);
  return (
    <section class="card car-now">
      <ul class="figures">
        <li>
          <strong id="state-now">{words.states[lifeCycle.state]}</strong> {state}
        </li>
        <li>
          <strong>
            {last?.odometerKm === undefined ? '–' : `${writer.whole(last.odometerKm)} ${km}`}
          </strong>{' '}
          {mileage}
          {last !== undefined && `, ${last.at}`}
        </li>
        <li>
          <strong>{writer.whole(events.length)}</strong> {entries}
        </li>
      </ul>
      {lifeCycle.wreckDeclaredBy !== undefined && (
        <p class="notice notice-bad">
          {wreckBy} {lifeCycle.wreckDeclaredBy}
        </p>
      )}
      {doubts > 0 && <p class="notice notice-warn">{doubtful(doubts)}</p>}
      {!hasOwner && <p class="notice notice-warn">{noOwner}</p>}
      <p class="block">
        {asOf} {lifeCycle.since.slice(0, 16).replace('T', ' ')} UTC
      </p>
    </section>
  );
}

/** @jsxImportSource hono/jsx/dom */
import type { SubmittedCall } from '@passport/ledger-client/wallet';
import { dayOf, type LifeCycleKind, parseCommandId, parseEventId } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { professional } from '../../texts/en/professional.ts';
import { actsFor, functionOfAct, methodFor } from '../../work/what-may.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { inLanguage } from '../lib/language.ts';
import { type MemberVehicle, newName, type ProfessionalSession } from './session.ts';

const texts = inLanguage({ en: professional }).acts;

/** What moves a car through its life, as far as it is this professional's to do. */
export function Acts({
  session,
  vehicle,
  changed,
}: {
  readonly session: ProfessionalSession;
  readonly vehicle: MemberVehicle;
  readonly changed: () => void;
}) {
  const [block, setBlock] = useState<string | undefined>(undefined);
  const [chosen, setChosen] = useState<LifeCycleKind | undefined>(undefined);
  const { lifeCycle } = vehicle;
  const { professional: who } = session;
  const acts = actsFor(who, lifeCycle);
  const isOwnWreck =
    lifeCycle.state === 'wreck-repaired' && lifeCycle.wreckDeclaredBy === who.mspId;
  return (
    <section class="card" aria-labelledby="acts">
      <h3 id="acts">{texts.title}</h3>
      <p class="quiet small">{texts.hint}</p>
      {acts.length === 0 && <p class="empty">{texts.none}</p>}
      {isOwnWreck && <p class="notice">{texts.otherExpert}</p>}
      <ul class="row plain">
        {acts.map((act) => (
          <li>
            <button
              type="button"
              class="button-quiet"
              aria-pressed={act === chosen ? 'true' : 'false'}
              onClick={() => {
                setBlock(undefined);
                setChosen(act);
              }}
            >
              {texts.names[act]}
            </button>
          </li>
        ))}
      </ul>
      {chosen !== undefined && acts.includes(chosen) && (
        <div class="notice notice-warn">
          <p>{texts.names[chosen]}?</p>
          <p class="row">
            <ActionButton
              busy={texts.running}
              look="button-bad"
              run={async () => {
                setBlock((await act(session, vehicle, chosen)).block);
                setChosen(undefined);
                changed();
              }}
            >
              {texts.sure}
            </ActionButton>
            <button type="button" class="button-quiet" onClick={() => setChosen(undefined)}>
              {texts.cancel}
            </button>
          </p>
        </div>
      )}
      {block !== undefined && (
        <p class="notice notice-good" role="status">
          {texts.done} {block}
        </p>
      )}
    </section>
  );
}

async function act(
  { professional: who, place, ledger }: ProfessionalSession,
  { vid }: MemberVehicle,
  kind: LifeCycleKind,
): Promise<SubmittedCall> {
  const method = methodFor(kind, who.methods);
  if (method === undefined) throw new Error(texts.noMethod);
  const name = newName();
  const at = dayOf(place.now().getTime());
  const event = { id: parseEventId(name), vid, at, method };
  const request = { commandId: parseCommandId(name), source: who.source, event };
  return ledger.submit({ functionName: functionOfAct[kind], request });
}

/** @jsxImportSource hono/jsx/dom */
import type { Vid } from '@passport/model';
import { useEffect, useState } from 'hono/jsx/dom';

import { type Professional, ProfessionalStore } from '../browser/professional-store.ts';
import { professional as words } from '../texts/en/professional.ts';
import { failureText } from './lib/failure-text.ts';
import { inLanguage } from './lib/language.ts';
import { mountIsland } from './lib/mount.tsx';
import { Car } from './professional/car.tsx';
import { EnrolGate } from './professional/enrol-gate.tsx';
import { FindCar } from './professional/find-car.tsx';
import {
  enrol,
  openSession,
  type PortalPlace,
  type ProfessionalSession,
  readPlace,
} from './professional/session.ts';
import { Who } from './professional/who.tsx';

const texts = inLanguage({ en: words });

type Opening = { readonly store: ProfessionalStore; readonly place: PortalPlace };

type State =
  | { readonly is: 'starting' }
  | { readonly is: 'failed'; readonly why: string }
  | ({ readonly is: 'new' } & Opening)
  | { readonly is: 'open'; readonly session: ProfessionalSession };

/** The professionals' door: a key in this browser, then the cars that stand before them. */
function ProfessionalDoor() {
  const [state, setState] = useState<State>({ is: 'starting' });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setState({ is: 'starting' });
    begin().then(setState, (error: unknown) => setState({ is: 'failed', why: failureText(error) }));
  }, [turn]);
  switch (state.is) {
    case 'starting':
      return (
        <p class="loading" role="status">
          {texts.loading}
        </p>
      );
    case 'failed':
      return (
        <div class="notice notice-bad" role="alert">
          <p>{state.why}</p>
          <button type="button" class="button-quiet" onClick={() => setTurn(turn + 1)}>
            {texts.again}
          </button>
        </div>
      );
    case 'new': {
      const { store, place } = state;
      const enter = async (code: string): Promise<void> => {
        const who: Professional = await enrol(store, place, code);
        setState({ is: 'open', session: openSession(who, store, place) });
      };
      return <EnrolGate enter={enter} />;
    }
    case 'open':
      return <Desk session={state.session} left={() => setTurn(turn + 1)} />;
  }
}

async function begin(): Promise<State> {
  const [store, place] = await Promise.all([ProfessionalStore.open(), readPlace()]);
  const who = await store.find();
  if (who === undefined) return { is: 'new', store, place };
  return { is: 'open', session: openSession(who, store, place) };
}

function Desk({
  session,
  left,
}: {
  readonly session: ProfessionalSession;
  readonly left: () => void;
}) {
  const [vid, setVid] = useState<Vid | undefined>(undefined);
  return (
    <>
      <Who session={session} left={left} />
      <FindCar session={session} found={setVid} />
      {vid === undefined ? (
        <p class="empty">{texts.find.none}</p>
      ) : (
        <Car key={vid} session={session} vid={vid} />
      )}
    </>
  );
}

mountIsland('professional', ProfessionalDoor);

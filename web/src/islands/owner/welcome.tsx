/** @jsxImportSource hono/jsx/dom */
import type { Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';
import * as z from 'zod/mini';

import { digitsOf, takingInAt } from '../../browser/taking-in.ts';
import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { FailureNote } from '../lib/failure-note.tsx';
import { inLanguage } from '../lib/language.ts';
import { usePolled } from '../lib/polled.ts';
import { writer } from '../lib/writer.ts';
import { newestSigner, type OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner }).welcome;

const status = z.object({ block: z.nullable(z.number()) });

/** A new car comes into the log book: its owner makes its keys, by the code of who takes it in. */
export function Welcome({
  session,
  code,
  done,
}: {
  readonly session: OwnerSession;
  readonly code: string;
  /** The car is in the wallet and can be read, or the person goes on without it. */
  readonly done: (vid: Vid | undefined) => void;
}) {
  const [meeting] = useState(() => takingInAt(code));
  const [digits, setDigits] = useState('');
  const { value, failure } = usePolled(
    async (signal) => {
      const intake = await meeting.host(signal);
      const block = intake?.block;
      return { intake, isThere: block !== undefined && (await blockNow(signal)) >= Number(block) };
    },
    [meeting],
  );
  if (value === undefined) {
    return failure === '' ? (
      <p class="loading">{owner.loading}</p>
    ) : (
      <FailureNote failure={failure} />
    );
  }
  const { intake, isThere } = value;
  if (intake === undefined) return <p class="notice notice-warn">{texts.expired}</p>;
  const accept = async (): Promise<void> => {
    const signer = await newestSigner(session);
    await session.desk.enrol(intake.vid, signer);
    const mine = { owner: signer, keys: await session.desk.firstKeys(intake.vid) };
    await meeting.leaveAsGuest(mine);
    setDigits(await digitsOf(intake.vid, mine));
  };
  return (
    <section class="card" aria-labelledby="welcome">
      <h2 id="welcome">{texts.title}</h2>
      <p>
        <strong>{intake.name}</strong> (<code>{intake.member}</code>) {texts.asks}
      </p>
      {digits === '' ? (
        <>
          <p class="quiet">{texts.hint}</p>
          <ActionButton busy={texts.making} run={accept}>
            {texts.make}
          </ActionButton>
        </>
      ) : (
        <Waiting
          digits={digits}
          block={intake.block}
          isThere={isThere}
          show={() => done(intake.vid)}
        />
      )}
      <FailureNote failure={failure} />
    </section>
  );
}

function Waiting({
  digits,
  block,
  isThere,
  show,
}: {
  readonly digits: string;
  readonly block: string | undefined;
  readonly isThere: boolean;
  readonly show: () => void;
}) {
  if (block === undefined) {
    return (
      <>
        <p>{texts.digits}</p>
        <p class="digits">{digits}</p>
        <p class="quiet" role="status">
          {texts.waiting}
        </p>
      </>
    );
  }
  return (
    <div class="notice notice-good" role="status">
      <p>
        {texts.there} {writer.whole(Number(block))}.
      </p>
      {isThere ? (
        <button type="button" onClick={show}>
          {owner.cars.show}
        </button>
      ) : (
        <p>{texts.soon}</p>
      )}
    </div>
  );
}

/** The block that the serving API answers as of; -1 where it has none yet. */
async function blockNow(signal: AbortSignal): Promise<number> {
  const answer: unknown = await (await fetch('/v1/status', { signal })).json();
  return status.parse(answer).block ?? -1;
}

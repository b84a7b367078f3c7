/** @jsxImportSource hono/jsx/dom */
import { exportVehicleBook, type OpenedBook, readVehicleBook } from '@passport/client/browser';
import { type OwnerView, readOwnerView } from '@passport/ledger-client/wallet';
import type { Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { verdictOf } from '../../book/verdict.ts';
import { owner } from '../../texts/en/owner.ts';
import { book as bookTexts } from '../../texts/en/book.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { inLanguage } from '../lib/language.ts';
import { Loaded } from '../lib/loaded.tsx';
import { saveFile } from '../lib/save-file.ts';
import { writer } from '../lib/writer.ts';
import type { AccessRequest } from '../../browser/access-request.ts';
import { Access } from './access.tsx';
import { CertificateLink } from './certificate-link.tsx';
import { Earnings } from './earnings.tsx';
import { Erase } from './erase.tsx';
import { HandOver } from './hand-over.tsx';
import { History } from './history.tsx';
import { papersOf } from './papers.ts';
import { Reads } from './reads.tsx';
import type { OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner });
const words = inLanguage({ en: bookTexts });

/** One car: what it is now, then a section for each thing that its owner does. */
export function Car({
  session,
  vid,
  request,
  answered,
}: {
  readonly session: OwnerSession;
  readonly vid: Vid;
  /** Who asks to read it, where somebody does. */
  readonly request: AccessRequest | undefined;
  /** The request was answered, either way. */
  readonly answered: () => void;
}) {
  const [turn, setTurn] = useState(0);
  const again = (): void => setTurn(turn + 1);
  return (
    <Loaded
      load={() => loadCar(session, vid)}
      watch={[vid, turn]}
      loading={texts.loading}
      again={texts.again}
    >
      {({ book, view }) => (
        <article aria-label={vid}>
          <Summary book={book} />
          <SectionLinks />
          <History book={book} />
          <Access
            session={session}
            view={view}
            request={request}
            answered={answered}
            changed={again}
          />
          <Reads session={session} vid={vid} />
          <Earnings session={session} vid={vid} />
          <CertificateLink vid={vid} />
          <HandOver session={session} view={view} book={book} changed={again} />
          <TakeAlong session={session} vid={vid} />
          <Erase session={session} view={view} changed={again} />
        </article>
      )}
    </Loaded>
  );
}

async function loadCar(
  session: OwnerSession,
  vid: Vid,
): Promise<{ readonly book: OpenedBook; readonly view: OwnerView }> {
  const signer = await session.signerOf(vid);
  const [book, view] = await Promise.all([
    readVehicleBook({
      ...session.asking(signer),
      vid,
      keys: { ownerKeys: session.wallet.vehicle(vid) },
    }),
    readOwnerView(session.relay.reads(signer), vid),
  ]);
  return { book, view };
}

function Summary({ book }: { readonly book: OpenedBook }) {
  const verdict = verdictOf(book.events);
  const { consistent, doubtful, missing, state, owners, ownersUnit, mileage, entries, exact } =
    texts.car;
  return (
    <section class="card car-now">
      <h2>{papersOf(book)}</h2>
      <ul class="figures">
        <li>
          <strong>{verdict.km === null ? '–' : `${writer.whole(verdict.km)} ${words.km}`}</strong>{' '}
          {mileage}
          {verdict.kmOn !== null && `, ${verdict.kmOn}`}
        </li>
        <li>
          <strong>{(words.states as Record<string, string>)[book.state] ?? book.state}</strong>{' '}
          {state}
        </li>
        <li>
          <strong>{writer.whole(book.owners)}</strong> {owners}, {ownersUnit}
        </li>
        <li>
          <strong>{writer.whole(verdict.events)}</strong> {entries}
        </li>
      </ul>
      {verdict.missingKm > 0 && (
        <p class="notice notice-bad">
          {missing(writer.whole(verdict.missingKm), verdict.highestOn ?? '')}
        </p>
      )}
      {verdict.doubtful > 0 && <p class="notice notice-warn">{doubtful(verdict.doubtful)}</p>}
      {verdict.missingKm === 0 && verdict.doubtful === 0 && (
        <p class="notice notice-good">{consistent}</p>
      )}
      <p class="block">
        {exact} {writer.whole(book.block)}
      </p>
    </section>
  );
}

function SectionLinks() {
  const { sections } = texts.car;
  const links = [
    ['history', sections.history],
    ['access', sections.access],
    ['reads', sections.reads],
    ['earnings', sections.earnings],
    ['certificate', sections.certificate],
    ['hand-over', sections.handOver],
    ['along', sections.along],
    ['erase', sections.erase],
  ] as const;
  return (
    <nav class="sections" aria-label={texts.title}>
      <ul class="row plain">
        {links.map(([id, name]) => (
          <li>
            <a href={`#${id}`}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function TakeAlong({ session, vid }: { readonly session: OwnerSession; readonly vid: Vid }) {
  const { title, hint, save, saving } = texts.along;
  const collect = async (): Promise<void> => {
    const signer = await session.signerOf(vid);
    const ownerKeys = session.wallet.vehicle(vid);
    const all = await exportVehicleBook({ ...session.asking(signer), vid, ownerKeys });
    saveFile(`passport-${vid}.json`, JSON.stringify(all, undefined, 2), 'application/json');
  };
  return (
    <section aria-labelledby="along">
      <h2 id="along">{title}</h2>
      <p>{hint}</p>
      <ActionButton busy={saving} run={collect}>
        {save}
      </ActionButton>
    </section>
  );
}

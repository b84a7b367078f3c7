/** @jsxImportSource hono/jsx/dom */
import type { OpenedBook } from '@passport/client/browser';
import type { OwnerView } from '@passport/ledger-client/wallet';
import { base64urlOf, isTransferable, type VehicleState } from '@passport/model';
import { useEffect, useState } from 'hono/jsx/dom';

import { verdictOf } from '../../book/verdict.ts';
import { type BuyerSide, checkDigits, Meeting, type SellerSide } from '../../browser/meeting.ts';
import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { every } from '../lib/every.ts';
import { failureText } from '../lib/failure-text.ts';
import { inLanguage } from '../lib/language.ts';
import { QrCode } from '../lib/qr-code.tsx';
import { papersOf } from './papers.ts';
import { type OwnerSession, randomBytes } from './session.ts';

const texts = inLanguage({ en: owner }).handOver;

/** Pause between two looks at what the other person has left. */
const LOOK_MS = 1_000;

/** The seller's side of a sale. */
export function HandOver({
  session,
  view,
  book,
  changed,
}: {
  readonly session: OwnerSession;
  readonly view: OwnerView;
  readonly book: OpenedBook;
  /** The car is the buyer's. */
  readonly changed: () => void;
}) {
  const [meeting, setMeeting] = useState<Meeting | undefined>(undefined);
  const mayGo = isTransferable[book.state as VehicleState];
  const about = aboutOf(view, book);
  const begin = async (): Promise<void> => {
    const begun = new Meeting(base64urlOf(randomBytes(16)));
    await begun.leaveAsSeller({ about });
    setMeeting(begun);
  };
  return (
    <section aria-labelledby="hand-over">
      <h2 id="hand-over">{texts.title}</h2>
      <p>{mayGo ? texts.hint : texts.refused}</p>
      {mayGo && meeting === undefined && (
        <ActionButton busy={texts.starting} run={begin}>
          {texts.start}
        </ActionButton>
      )}
      {meeting !== undefined && (
        <Selling session={session} view={view} meeting={meeting} about={about} changed={changed} />
      )}
    </section>
  );
}

function aboutOf({ ownership }: OwnerView, book: OpenedBook): SellerSide['about'] {
  const { km, doubtful, missingKm, highestOn } = verdictOf(book.events);
  const { vid, owner: seller } = ownership;
  return {
    ...{ vid, owner: seller, papers: papersOf(book), state: book.state },
    ...{ km, doubtful, missingKm, highestOn },
  };
}

function Selling({
  session,
  view,
  meeting,
  about,
  changed,
}: {
  readonly session: OwnerSession;
  readonly view: OwnerView;
  readonly meeting: Meeting;
  readonly about: SellerSide['about'];
  readonly changed: () => void;
}) {
  const [buyer, setBuyer] = useState<BuyerSide | undefined>(undefined);
  const [digits, setDigits] = useState('');
  const [isSigned, setSigned] = useState(false);
  const [failure, setFailure] = useState('');
  useEffect(
    () =>
      every(
        LOOK_MS,
        async (signal) => {
          const side = await meeting.buyer(signal);
          if (side === undefined) return;
          setDigits(await checkDigits([about.owner, side.to, side.readerKey.x, side.readerKey.y]));
          setBuyer(side);
          setFailure('');
        },
        (error) => setFailure(failureText(error)),
      ),
    [meeting],
  );
  const sign = async (): Promise<void> => {
    if (buyer === undefined) return;
    const offer = await session.resale.handOver(view, buyer);
    await meeting.leaveAsSeller({ about, offer });
    setSigned(true);
  };
  if (buyer?.block !== undefined && isSigned) {
    return (
      <div class="notice notice-good" role="status">
        <p>
          {texts.done} {buyer.block}.
        </p>
        <button type="button" onClick={changed}>
          {owner.close}
        </button>
      </div>
    );
  }
  const link = `${location.origin}/owner#take=${meeting.code}`;
  return (
    <div class="card" aria-live="polite">
      {buyer === undefined && (
        <>
          <p>{texts.scan}</p>
          <QrCode text={link} label={texts.scan} />
          <p>
            <code id="take-link">{link}</code>
          </p>
          <p class="quiet">{texts.waiting}</p>
        </>
      )}
      {buyer !== undefined && !isSigned && (
        <>
          <p>{texts.digits}</p>
          <p class="digits">{digits}</p>
          <ActionButton busy={texts.signing} run={sign}>
            {texts.sign}
          </ActionButton>
        </>
      )}
      {isSigned && <p>{texts.waitingBuyer}</p>}
      {failure !== '' && (
        <p class="notice notice-bad" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}

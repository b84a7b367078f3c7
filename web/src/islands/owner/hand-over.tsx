/** @jsxImportSource hono/jsx/dom */
import type { OpenedBook } from '@passport/client/browser';
import type { OwnerView } from '@passport/ledger-client/wallet';
import { base64urlOf, isTransferable, type VehicleState } from '@passport/model';
import { useRef, useState } from 'hono/jsx/dom';

import { verdictOf } from '../../book/verdict.ts';
import { type BuyerSide, type Meeting, saleAt, type SellerSide } from '../../browser/meeting.ts';
import { checkDigits } from '../../browser/meeting-place.ts';
import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { FailureNote } from '../lib/failure-note.tsx';
import { inLanguage } from '../lib/language.ts';
import { usePolled } from '../lib/polled.ts';
import { MeetingCode } from '../lib/meeting-code.tsx';
import { papersOf } from './papers.ts';
import { type OwnerSession, randomBytes } from './session.ts';

const texts = inLanguage({ en: owner }).handOver;

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
    const begun = saleAt(base64urlOf(randomBytes(16)));
    await begun.leaveAsHost({ about });
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
  const [isSigned, setSigned] = useState(false);
  // Who was compared is who is signed for: another buyer who is left at the meeting later is none.
  const first = useRef<BuyerSide | undefined>(undefined);
  const { value: buyer, failure } = usePolled(
    async (signal) => {
      const side = await meeting.guest(signal);
      first.current ??= side;
      const { current } = first;
      if (current === undefined) return undefined;
      const { x, y } = current.readerKey;
      const digits = await checkDigits([about.owner, current.to, x, y]);
      return { ...current, digits, block: side?.to === current.to ? side.block : undefined };
    },
    [meeting],
  );
  const sign = async (): Promise<void> => {
    if (buyer === undefined) return;
    const offer = await session.resale.handOver(view, buyer);
    await meeting.leaveAsHost({ about, offer });
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
  return (
    <div class="card" aria-live="polite">
      {buyer === undefined && (
        <MeetingCode
          id="take-link"
          link={`${location.origin}/owner#take=${meeting.code}`}
          texts={{ scan: texts.scan, waiting: texts.waiting }}
        />
      )}
      {buyer !== undefined && !isSigned && (
        <>
          <p>{texts.digits}</p>
          <p class="digits">{buyer.digits}</p>
          <ActionButton busy={texts.signing} run={sign}>
            {texts.sign}
          </ActionButton>
        </>
      )}
      {isSigned && <p>{texts.waitingBuyer}</p>}
      <FailureNote failure={failure} />
    </div>
  );
}

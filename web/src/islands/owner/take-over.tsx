/** @jsxImportSource hono/jsx/dom */
import { personKeyOf, readOwnerView } from '@passport/ledger-client/wallet';
import type { Vid } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import { type BuyerSide, saleAt, type SellerSide } from '../../browser/meeting.ts';
import { checkDigits } from '../../browser/meeting-place.ts';
import { book } from '../../texts/en/book.ts';
import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { FailureNote } from '../lib/failure-note.tsx';
import { inLanguage } from '../lib/language.ts';
import { usePolled } from '../lib/polled.ts';
import { writer } from '../lib/writer.ts';
import { newestSigner, type OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner }).handOver;
const words = inLanguage({ en: book });

/** The buyer's side of a sale, by the seller's code. */
export function TakeOver({
  session,
  code,
  done,
}: {
  readonly session: OwnerSession;
  readonly code: string;
  /** The car is in the wallet, or the person goes on without it. */
  readonly done: (vid: Vid | undefined) => void;
}) {
  const [meeting] = useState(() => saleAt(code));
  const [mine, setMine] = useState<BuyerSide | undefined>(undefined);
  const [digits, setDigits] = useState('');
  const [taken, setTaken] = useState<{ block: string; keys: number } | undefined>(undefined);
  const { value, failure } = usePolled(
    async (signal) => ({ seller: await meeting.host(signal) }),
    [meeting],
  );
  if (value === undefined) {
    return failure === '' ? (
      <p class="loading">{owner.loading}</p>
    ) : (
      <FailureNote failure={failure} />
    );
  }
  if (value.seller === undefined) return <p class="notice notice-warn">{texts.expired}</p>;
  const { about, offer } = value.seller;
  const prepare = async (): Promise<void> => {
    const signer = await newestSigner(session);
    const side = await session.resale.prepareToBuy(about.vid, signer);
    await meeting.leaveAsGuest(side);
    const { x, y } = side.readerKey;
    setDigits(await checkDigits([about.owner, side.to, x, y]));
    setMine(side);
  };
  const take = async (): Promise<void> => {
    if (offer === undefined || mine === undefined) return;
    const signed = await session.resale.acceptOffer(offer);
    const { block } = await session.relay.transfer(offer.seller, signed);
    await meeting.leaveAsGuest({ ...mine, block });
    const signer = await personKeyOf(session.wallet.signingKey(mine.to));
    const view = await readOwnerView(session.relay.reads(signer), about.vid);
    setTaken({ block, keys: await session.resale.openHandOver(view) });
  };
  return (
    <section class="card" aria-labelledby="take-over">
      <h2 id="take-over">{texts.buyTitle}</h2>
      <p>{texts.buyHint}</p>
      <AboutCar about={about} />
      {mine === undefined && (
        <ActionButton busy={texts.buying} run={prepare}>
          {texts.buy}
        </ActionButton>
      )}
      {mine !== undefined && taken === undefined && (
        <Comparing digits={digits} take={offer === undefined ? undefined : take} />
      )}
      {taken !== undefined && <TakenOver taken={taken} show={() => done(about.vid)} />}
      <FailureNote failure={failure} />
    </section>
  );
}

function TakenOver({
  taken: { block, keys },
  show,
}: {
  readonly taken: { readonly block: string; readonly keys: number };
  readonly show: () => void;
}) {
  return (
    <div class="notice notice-good" role="status">
      <p>
        {texts.taken} {block}. {keys} {texts.keys}.
      </p>
      <button type="button" onClick={show}>
        {owner.cars.show}
      </button>
    </div>
  );
}

function Comparing({
  digits,
  take,
}: {
  readonly digits: string;
  /** Undefined while the seller has not signed. */
  readonly take: (() => Promise<void>) | undefined;
}) {
  return (
    <>
      <p>{texts.digits}</p>
      <p class="digits">{digits}</p>
      {take === undefined ? (
        <p class="quiet" role="status">
          {texts.waitingSeller}
        </p>
      ) : (
        <ActionButton busy={texts.taking} run={take}>
          {texts.take}
        </ActionButton>
      )}
    </>
  );
}

function AboutCar({ about }: Pick<SellerSide, 'about'>) {
  const { papers, state, km, doubtful, missingKm, highestOn } = about;
  const { car } = owner;
  return (
    <dl class="pairs">
      <dt>{car.state}</dt>
      <dd>
        {papers}, {(words.states as Record<string, string>)[state] ?? state}
      </dd>
      <dt>{car.mileage}</dt>
      <dd>{km === null ? '–' : `${writer.whole(km)} ${words.km}`}</dd>
      <dt>{car.sections.history}</dt>
      <dd>
        {missingKm > 0 && `${car.missing(writer.whole(missingKm), highestOn ?? '')} `}
        {doubtful > 0 && car.doubtful(doubtful)}
        {missingKm === 0 && doubtful === 0 && car.consistent}
      </dd>
    </dl>
  );
}

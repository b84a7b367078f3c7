/** @jsxImportSource hono/jsx/dom */
import { personKeyOf, readOwnerView } from '@passport/ledger-client/wallet';
import type { Vid } from '@passport/model';
import { useEffect, useState } from 'hono/jsx/dom';

import { type BuyerSide, checkDigits, Meeting, type SellerSide } from '../../browser/meeting.ts';
import { book } from '../../texts/en/book.ts';
import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { every } from '../lib/every.ts';
import { failureText } from '../lib/failure-text.ts';
import { inLanguage } from '../lib/language.ts';
import { writer } from '../lib/writer.ts';
import type { OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner }).handOver;
const words = inLanguage({ en: book });

/** Pause between two looks at what the other person has left. */
const LOOK_MS = 1_000;

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
  const [meeting] = useState(() => new Meeting(code));
  const [seller, setSeller] = useState<SellerSide | null | undefined>(undefined);
  const [mine, setMine] = useState<BuyerSide | undefined>(undefined);
  const [digits, setDigits] = useState('');
  const [taken, setTaken] = useState<{ block: string; keys: number } | undefined>(undefined);
  const [failure, setFailure] = useState('');
  useEffect(
    () =>
      every(
        LOOK_MS,
        async (signal) => {
          setSeller((await meeting.seller(signal)) ?? null);
          setFailure('');
        },
        (error) => setFailure(failureText(error)),
      ),
    [meeting],
  );
  if (seller === undefined) return <p class="loading">{owner.loading}</p>;
  if (seller === null) return <p class="notice notice-warn">{texts.expired}</p>;
  const { about, offer } = seller;
  const prepare = async (): Promise<void> => {
    const known = session.wallet.content.signingKeys.at(-1)?.keyId;
    const signer = known ?? (await session.desk.makeSigner());
    const side = await session.resale.prepareToBuy(about.vid, signer);
    await meeting.leaveAsBuyer(side);
    const { x, y } = side.readerKey;
    setDigits(await checkDigits([about.owner, side.to, x, y]));
    setMine(side);
  };
  const take = async (): Promise<void> => {
    if (offer === undefined || mine === undefined) return;
    const signed = await session.resale.acceptOffer(offer);
    const { block } = await session.relay.transfer(offer.seller, signed);
    await meeting.leaveAsBuyer({ ...mine, block });
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
        <>
          <p>{texts.digits}</p>
          <p class="digits">{digits}</p>
          {offer === undefined ? (
            <p class="quiet" role="status">
              {texts.waitingSeller}
            </p>
          ) : (
            <ActionButton busy={texts.taking} run={take}>
              {texts.take}
            </ActionButton>
          )}
        </>
      )}
      {taken !== undefined && (
        <div class="notice notice-good" role="status">
          <p>
            {texts.taken} {taken.block}. {taken.keys} {texts.keys}.
          </p>
          <button type="button" onClick={() => done(about.vid)}>
            {owner.cars.show}
          </button>
        </div>
      )}
      {failure !== '' && (
        <p class="notice notice-bad" role="alert">
          {failure}
        </p>
      )}
    </section>
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

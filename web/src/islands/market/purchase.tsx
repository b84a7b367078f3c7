/** @jsxImportSource hono/jsx/dom */
import type { Ask, Bought } from '@passport/client/buyer';
import { microOf } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { fileName } from '../../market/copy-as.ts';
import { pccOf } from '../../market/pcc-text.ts';
import { market } from '../../texts/en/market.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { inLanguage } from '../lib/language.ts';
import { saveFile } from '../lib/save-file.ts';
import { AnswerView } from './answer-view.tsx';
import { CopyAs } from './copy-as.tsx';
import { type Price, usePrice } from './price.ts';
import { ReceiptCard } from './receipt-card.tsx';

const texts = inLanguage({ en: market });

/** The live price of a question, the purchase, and what came of it. */
export function Purchase({
  room,
  ask,
  canPay,
  bought: onBought,
}: {
  readonly room: BuyerRoom;
  readonly ask: Ask;
  /** Whether there is a tab. */
  readonly canPay: boolean;
  readonly bought: () => void;
}) {
  const price = usePrice(room, ask);
  const [bought, setBought] = useState<{ ask: Ask; answer: Bought } | undefined>(undefined);
  const buy = async (): Promise<void> => {
    const answer = await buyFor(room, ask, price);
    if (ask.format !== 'json')
      saveFile(fileName(ask), Uint8Array.from(answer.body), answer.contentType);
    setBought({ ask, answer });
    onBought();
  };
  const isFree = price.is === 'free';
  return (
    <>
      <p class="quote" role="status" aria-live="polite">
        <PriceText price={price} />
      </p>
      {!isFree && !canPay && (
        <p class="hint">
          <a href="#money">{texts.ask.needTab}</a>
        </p>
      )}
      <ActionButton
        busy={texts.ask.buying}
        run={buy}
        isOff={!(isFree || (price.is === 'quoted' && canPay))}
      >
        {buttonText(price)}
      </ActionButton>
      <CopyAs ask={ask} />
      {bought !== undefined && <Outcome {...bought} />}
    </>
  );
}

async function buyFor(room: BuyerRoom, ask: Ask, price: Price): Promise<Bought> {
  if (price.is === 'free') return (await room.asVisitor()).buy(ask);
  const limit =
    price.is === 'quoted' ? { atMostMicro: microOf(price.priced.maximum) } : { atMostMicro: 0n };
  return room.asBuyer((buyer) => buyer.buy(ask, limit));
}

function buttonText(price: Price): string {
  if (price.is === 'quoted') return texts.ask.buy(pccOf(price.priced.maximum));
  return price.is === 'free' ? texts.ask.buyFree : texts.ask.buyPlain;
}

function PriceText({ price }: { readonly price: Price }) {
  const words = texts.ask;
  switch (price.is) {
    case 'asking':
      return <>{words.pricing}</>;
    case 'free':
      return <>{words.free}</>;
    case 'refused':
      return <span class="entry-flag">{price.why}</span>;
    case 'quoted': {
      const { maximum, quote } = price.priced;
      return (
        <>
          <strong>{words.quote(pccOf(maximum))}</strong>{' '}
          <span class="block">
            {words.quoted} {quote.block} {words.quotedAfter}
          </span>
        </>
      );
    }
  }
}

function Outcome({ ask, answer }: { readonly ask: Ask; readonly answer: Bought }) {
  return (
    <div class="outcome">
      <section class="card" aria-labelledby="answer">
        <h3 id="answer">{texts.answer.title}</h3>
        {ask.format === 'json' ? (
          <AnswerView body={answer.body} />
        ) : (
          <p>
            {texts.answer.saved} <code>{fileName(ask)}</code>
          </p>
        )}
      </section>
      {answer.paid !== null && <ReceiptCard paid={answer.paid} />}
    </div>
  );
}

/** @jsxImportSource hono/jsx/dom */
import { microOf } from '@passport/model';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { pccOf } from '../../market/pcc-text.ts';
import { market } from '../../texts/en/market.ts';
import { inLanguage } from '../lib/language.ts';
import { Loaded } from '../lib/loaded.tsx';
import { Deposit } from './deposit.tsx';
import { type Holdings, holdingsOf } from './holdings.ts';
import { KeyGate } from './key-gate.tsx';
import { TabCard } from './tab-card.tsx';

const texts = inLanguage({ en: market });

/** The buyer's key, account and tab: made, paid in, opened, topped up, closed. */
export function Money({
  room,
  hasBank,
  turn,
  changed,
}: {
  readonly room: BuyerRoom;
  readonly hasBank: boolean;
  /** Asks again when it changes. */
  readonly turn: number;
  readonly changed: () => void;
}) {
  return (
    <section aria-labelledby="money">
      <h2 id="money">{texts.money.title}</h2>
      <Loaded
        load={() => holdingsOf(room, hasBank)}
        watch={[turn]}
        loading={texts.loading}
        again={texts.again}
      >
        {(holdings) =>
          holdings === undefined ? (
            <KeyGate room={room} done={changed} />
          ) : (
            <div class="split">
              <AccountCard room={room} holdings={holdings} changed={changed} />
              <TabCard room={room} holdings={holdings} changed={changed} />
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

function AccountCard({
  room,
  holdings: { account, statement },
  changed,
}: {
  readonly room: BuyerRoom;
  readonly holdings: Holdings;
  readonly changed: () => void;
}) {
  const words = texts.money;
  const free = statement?.lanes.reduce((sum, lane) => sum + microOf(lane.free), 0n);
  return (
    <div class="card">
      <dl class="pairs">
        <dt>{words.account}</dt>
        <dd>
          <code id="account">{account}</code>
        </dd>
        {free !== undefined && (
          <>
            <dt>{words.balance}</dt>
            <dd id="balance">
              {pccOf(free)} {texts.pcc}
            </dd>
          </>
        )}
      </dl>
      {statement === undefined ? (
        <p class="hint">{words.noBank}</p>
      ) : (
        <Deposit room={room} account={account} done={changed} />
      )}
    </div>
  );
}

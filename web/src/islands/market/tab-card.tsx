/** @jsxImportSource hono/jsx/dom */
import { laneWith, type UsageAnswer } from '@passport/client/buyer';
import { useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { microInPcc, pccOf } from '../../market/pcc-text.ts';
import { market } from '../../texts/en/market.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import type { Holdings } from './holdings.ts';
import { SessionOpener } from './session-opener.tsx';

const { money: texts, pcc } = inLanguage({ en: market });

type Props = {
  readonly room: BuyerRoom;
  readonly holdings: Holdings;
  readonly changed: () => void;
};

/** The tab that is paid from: its state, more into it, its end; or a new one. */
export function TabCard({ room, holdings, changed }: Props) {
  const open = holdings.usage.tabs.findLast(({ tab }) => tab.status === 'open');
  const [text, setText] = useState('5');
  const micro = microInPcc(text);
  const put = (): Promise<unknown> => {
    if (micro === undefined) return Promise.resolve();
    // A debit is of one lane. Where the bank does not tell which has so much, it is the first.
    const lane = holdings.statement === undefined ? 0 : laneWith(holdings.statement.lanes, micro);
    return room.asBuyer(({ tabs }) =>
      open === undefined ? tabs.open({ amountMicro: micro, lane }) : tabs.topUp(micro, lane),
    );
  };
  return (
    <div class="card">
      <h3>{texts.tab}</h3>
      {open === undefined ? <p>{texts.tabNone}</p> : <TabState of={open} />}
      <Field
        id="tab-amount"
        label={texts.tabAmount}
        trouble={micro === undefined ? texts.pccWrong : undefined}
        value={text}
        onValue={setText}
      />
      <div class="row">
        <ActionButton
          busy={open === undefined ? texts.openingTab : texts.toppingUp}
          isOff={micro === undefined}
          run={async () => {
            await put();
            changed();
          }}
        >
          {open === undefined ? texts.openTab : texts.topUp}
        </ActionButton>
        {open !== undefined && (
          <ActionButton
            busy={texts.closing}
            look="button-quiet"
            run={async () => {
              await room.asBuyer(({ tabs }) => tabs.close());
              changed();
            }}
          >
            {texts.close}
          </ActionButton>
        )}
      </div>
      {open !== undefined && <SessionOpener room={room} />}
    </div>
  );
}

function TabState({ of: { tab, charged, left } }: { readonly of: UsageAnswer['tabs'][number] }) {
  return (
    <dl class="pairs" id="tab" data-tab={tab.tab}>
      <dt>{texts.escrow}</dt>
      <dd id="tab-escrow">
        {pccOf(tab.escrow)} {pcc}
      </dd>
      <dt>{texts.charged}</dt>
      <dd id="tab-charged">
        {pccOf(charged)} {pcc}
      </dd>
      <dt>{texts.left}</dt>
      <dd id="tab-left">
        {pccOf(left)} {pcc}
      </dd>
      <dt>{texts.until}</dt>
      <dd>{tab.expiresAt.slice(0, 16).replace('T', ' ')} UTC</dd>
    </dl>
  );
}

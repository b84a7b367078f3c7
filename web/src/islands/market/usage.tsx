/** @jsxImportSource hono/jsx/dom */
import type { UsageAnswer } from '@passport/client/buyer';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { boughtRows } from '../../market/bought-rows.ts';
import { pccOf } from '../../market/pcc-text.ts';
import { market } from '../../texts/en/market.ts';
import { inLanguage } from '../lib/language.ts';
import { Loaded } from '../lib/loaded.tsx';

const texts = inLanguage({ en: market });
const words = texts.usage;

/** Every tab and every receipt of the buyer, the newest first. */
export function UsageList({ room, turn }: { readonly room: BuyerRoom; readonly turn: number }) {
  return (
    <section aria-labelledby="usage">
      <h2 id="usage">{words.title}</h2>
      <Loaded load={() => usageOf(room)} watch={[turn]} loading={texts.loading} again={texts.again}>
        {(usage) =>
          usage === undefined ? (
            <p class="empty">{words.none}</p>
          ) : (
            <>
              <Receipts usage={usage} />
              <TabList usage={usage} />
            </>
          )
        }
      </Loaded>
    </section>
  );
}

async function usageOf(room: BuyerRoom): Promise<UsageAnswer | undefined> {
  return (await room.key()) === undefined ? undefined : room.asBuyer((buyer) => buyer.usage());
}

function Receipts({ usage }: { readonly usage: UsageAnswer }) {
  const rows = boughtRows(usage);
  if (rows.length === 0) return <p class="empty">{words.none}</p>;
  return (
    <div class="table" tabindex={0} role="region" aria-label={words.title}>
      <table id="receipts">
        <thead>
          <tr>
            <th scope="col">{words.when}</th>
            <th scope="col">{words.product}</th>
            <th scope="col">{words.kind}</th>
            <th scope="col" class="number">
              {words.price}
            </th>
            <th scope="col" class="number">
              {words.at}
            </th>
            <th scope="col">{words.state}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ receipt, settlement, isCredited }) => (
            <tr>
              <td>{receipt.at.slice(0, 16).replace('T', ' ')}</td>
              <td>{receipt.product}</td>
              <td>{receipt.kind}</td>
              <td class="number">{pccOf(receipt.price)}</td>
              <td class="number">{receipt.block}</td>
              <td>{isCredited ? words.credit : stateOf(settlement)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function stateOf(settlement: number | null): string {
  return settlement === null ? words.waiting : `${words.settled} ${settlement}`;
}

function TabList({ usage: { tabs } }: { readonly usage: UsageAnswer }) {
  if (tabs.length === 0) return <></>;
  return (
    <>
      <h3>{words.tabs}</h3>
      <ul class="plain">
        {tabs.map(({ tab, charged, left }) => (
          <li class="card">
            <p>
              <code>{tab.tab}</code>{' '}
              <span class="chip">{words.status[tab.status] ?? tab.status}</span>
            </p>
            <p class="small">
              {texts.money.escrow} {pccOf(tab.escrow)} {texts.pcc} · {texts.money.charged}{' '}
              {pccOf(charged)} {texts.pcc} · {texts.money.left} {pccOf(left)} {texts.pcc}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

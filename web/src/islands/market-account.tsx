/** @jsxImportSource hono/jsx/dom */
import { useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../browser/buyer-room.ts';
import { market } from '../texts/en/market.ts';
import { inLanguage } from './lib/language.ts';
import { Loaded } from './lib/loaded.tsx';
import { mountIsland } from './lib/mount.tsx';
import { openMarketRoom } from './market/market-room.ts';
import { Money } from './market/money.tsx';
import { UsageList } from './market/usage.tsx';

const texts = inLanguage({ en: market });

/** What a buyer has, and all that they bought. */
function AccountDoor({ hasBank }: { readonly hasBank: boolean }) {
  return (
    <Loaded load={openMarketRoom} watch={[]} loading={texts.loading} again={texts.again}>
      {(room) => <OpenAccount room={room} hasBank={hasBank} />}
    </Loaded>
  );
}

function OpenAccount({ room, hasBank }: { readonly room: BuyerRoom; readonly hasBank: boolean }) {
  const [turn, setTurn] = useState(0);
  return (
    <>
      <Money room={room} hasBank={hasBank} turn={turn} changed={() => setTurn(turn + 1)} />
      <UsageList room={room} turn={turn} />
    </>
  );
}

mountIsland('market-account', AccountDoor);

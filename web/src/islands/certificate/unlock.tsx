/** @jsxImportSource hono/jsx/dom */
import type { Wallet } from '@passport/ledger-client/wallet';
import { useState } from 'hono/jsx/dom';

import type { WalletRoom } from '../../browser/wallet-room.ts';
import type { Texts } from '../../texts/en/index.ts';
import { failureText } from '../lib/failure-text.ts';

/** Opens the wallet of this browser by its passphrase, until the tab is closed. */
export function Unlock({
  room,
  texts,
  opened,
}: {
  readonly room: WalletRoom;
  readonly texts: Texts['certificate']['owner'];
  readonly opened: (wallet: Wallet) => Promise<void>;
}) {
  const [passphrase, setPassphrase] = useState('');
  const [trouble, setTrouble] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setTrouble('');
    try {
      const wallet = await room.unlock(passphrase);
      await room.keepOpen(wallet, 'session');
      await opened(wallet);
    } catch (error) {
      setTrouble(failureText(error));
      setBusy(false);
    }
  };
  return (
    <form
      class="card"
      onSubmit={(event: Event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="field">
        <label for="passphrase">{texts.passphrase}</label>
        <input
          id="passphrase"
          type="password"
          autocomplete="current-password"
          value={passphrase}
          aria-describedby="passphrase-trouble"
          onInput={(event: Event) => setPassphrase((event.target as HTMLInputElement).value)}
        />
      </div>
      <p id="passphrase-trouble" role="alert">
        {trouble}
      </p>
      <p>
        <button type="submit" disabled={isBusy}>
          {isBusy ? texts.opening : texts.open}
        </button>
      </p>
    </form>
  );
}

/** @jsxImportSource hono/jsx/dom */
import { HttpRelay, personKeyOf, type Wallet } from '@passport/ledger-client/wallet';
import { systemNow, systemRandom } from '@passport/runtime';
import { useEffect, useState } from 'hono/jsx/dom';

import { clockOf } from '../browser/server-clock.ts';
import { WalletRoom } from '../browser/wallet-room.ts';
import type { Texts } from '../texts/en/index.ts';
import type { AskingAs } from './lib/ask-as.ts';
import { CertificateMaker } from './certificate/maker.tsx';
import { Unlock } from './certificate/unlock.tsx';
import { mountIsland } from './lib/mount.tsx';

type Props = { readonly texts: Texts['certificate'] };

type Car = { readonly vid: string; readonly asking: AskingAs };

type State =
  | { readonly is: 'opening' | 'no-wallet' | 'no-storage' | 'no-car' }
  | { readonly is: 'locked'; readonly room: WalletRoom }
  | { readonly is: 'open'; readonly cars: readonly Car[] };

/** Opens the wallet of this browser, and lets its owner have certificates of their cars made. */
function OwnerCertificate({ texts }: Props) {
  const words = texts.owner;
  const [state, setState] = useState<State>({ is: 'opening' });
  const [vid, setVid] = useState(location.hash.slice(1));
  const open = async (wallet: Wallet): Promise<void> => {
    const cars = await carsOf(wallet);
    setState(cars.length === 0 ? { is: 'no-car' } : { is: 'open', cars });
  };
  useEffect(() => {
    void start(open).then((next) => next !== undefined && setState(next));
  }, []);
  if (state.is === 'opening') {
    return (
      <p class="loading" role="status">
        {words.opening}
      </p>
    );
  }
  if (state.is === 'locked') return <Unlock room={state.room} texts={words} opened={open} />;
  if (state.is !== 'open') {
    return (
      <section class="notice" role="status">
        <p>{words[state.is]}</p>
        <p>
          <a class="button" href="/owner">
            {words.toOwner}
          </a>
        </p>
      </section>
    );
  }
  const car = state.cars.find((each) => each.vid === vid) ?? state.cars[0];
  if (car === undefined) return null;
  return (
    <>
      {state.cars.length === 1 ? null : (
        <div class="field">
          <label for="certificate-car">{texts.make.car}</label>
          <select
            id="certificate-car"
            onChange={(event: Event) => setVid((event.target as HTMLSelectElement).value)}
          >
            {state.cars.map((each) => (
              <option value={each.vid} selected={each.vid === car.vid}>
                {each.vid}
              </option>
            ))}
          </select>
        </div>
      )}
      <CertificateMaker key={car.vid} vid={car.vid} asking={car.asking} texts={texts} />
    </>
  );
}

/** What is next; undefined where the wallet is open. */
async function start(open: (wallet: Wallet) => Promise<void>): Promise<State | undefined> {
  let room: WalletRoom;
  try {
    room = await WalletRoom.open();
  } catch {
    // Some private windows have no storage for us.
    return { is: 'no-storage' };
  }
  if (!(await room.hasWallet())) return { is: 'no-wallet' };
  const wallet = await room.resume();
  if (wallet === undefined) return { is: 'locked', room };
  await open(wallet);
  return undefined;
}

/** Cars of a wallet, and as whom the API is asked about each. Those that were erased, or are only bought, are none. */
async function carsOf(wallet: Wallet): Promise<Car[]> {
  const now = await portalClock();
  const api = document.querySelector<HTMLMetaElement>('meta[name="api-url"]')?.content ?? '';
  const cars = wallet.content.vehicles.filter(({ rootKeys }) => rootKeys.length > 0);
  return Promise.all(
    cars.map(async ({ vid, signer }) => {
      const key = await personKeyOf(wallet.signingKey(signer));
      return { vid, asking: { api, via: location.origin, signer: key, now } };
    }),
  );
}

/** The time as the portal has it: a clock of a device that is wrong locks nobody out. */
async function portalClock(): Promise<() => Date> {
  const relay = new HttpRelay({ origin: location.origin, now: systemNow, random: systemRandom });
  try {
    const { time } = await relay.place();
    return clockOf(new Date(time));
  } catch {
    // Pages without a relay know no other time.
    return systemNow;
  }
}

mountIsland('owner-certificate', OwnerCertificate);

/** @jsxImportSource hono/jsx/dom */
import { WalletRoom } from '../browser/wallet-room.ts';
import { contributor } from '../texts/en/contributor.ts';
import { CarEarnings } from './contributor/car-earnings.tsx';
import { inLanguage } from './lib/language.ts';
import { Loaded } from './lib/loaded.tsx';
import { mountIsland } from './lib/mount.tsx';
import { openSession, type OwnerSession } from './owner/session.ts';

const texts = inLanguage({ en: contributor });

/** What the cars of the wallet in this browser have earned, where it is open. */
function ContributorDoor() {
  return (
    <Loaded load={openedSession} watch={[]} loading={texts.loading} again={texts.again}>
      {(session) => (session === undefined ? <Locked /> : <Cars session={session} />)}
    </Loaded>
  );
}

/** Undefined where there is no wallet, or its owner has to open it. */
async function openedSession(): Promise<OwnerSession | undefined> {
  const room = await WalletRoom.open();
  const wallet = await room.resume();
  return wallet && openSession(wallet);
}

function Locked() {
  return (
    <div class="card">
      <p>{texts.yours.locked}</p>
      <a class="button" href="/owner">
        {texts.yours.open}
      </a>
    </div>
  );
}

function Cars({ session }: { readonly session: OwnerSession }) {
  const cars = session.wallet.content.vehicles.filter(
    ({ purchase, rootKeys }) => purchase === undefined || rootKeys.length > 0,
  );
  if (cars.length === 0) return <p class="empty">{texts.yours.carsNone}</p>;
  return (
    <>
      {cars.map(({ vid }) => (
        <CarEarnings session={session} vid={vid} />
      ))}
    </>
  );
}

mountIsland('contributor', ContributorDoor);

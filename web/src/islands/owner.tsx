/** @jsxImportSource hono/jsx/dom */
import type { Wallet } from '@passport/ledger-client/wallet';
import type { Vid } from '@passport/model';
import { useEffect, useState } from 'hono/jsx/dom';

import { type AccessRequest, readAccessRequest } from '../browser/access-request.ts';
import type { Keeping } from '../browser/kept-keys.ts';
import { codeIn } from '../browser/meeting-place.ts';
import { WalletRoom } from '../browser/wallet-room.ts';
import { owner } from '../texts/en/owner.ts';
import { failureText } from './lib/failure-text.ts';
import { inLanguage } from './lib/language.ts';
import { mountIsland } from './lib/mount.tsx';
import { BackupAgain, FirstBackup } from './owner/backup.tsx';
import { Car } from './owner/car.tsx';
import { Cars } from './owner/cars.tsx';
import { type GateActions, LockedGate, NewGate } from './owner/gate.tsx';
import { openSession, type OwnerSession } from './owner/session.ts';
import { TakeOver } from './owner/take-over.tsx';
import { Welcome } from './owner/welcome.tsx';

const texts = inLanguage({ en: owner });

type State =
  | { readonly is: 'starting' }
  | { readonly is: 'new'; readonly room: WalletRoom }
  | { readonly is: 'locked'; readonly room: WalletRoom }
  | { readonly is: 'failed'; readonly why: string }
  | {
      readonly is: 'backup';
      readonly room: WalletRoom;
      readonly session: OwnerSession;
      readonly words: string;
    }
  | { readonly is: 'open'; readonly room: WalletRoom; readonly session: OwnerSession };

/** The owner's door: keys in this browser, then the cars. */
function OwnerDoor() {
  const [state, setState] = useState<State>({ is: 'starting' });
  useEffect(() => {
    begin(setState).catch((error: unknown) => setState({ is: 'failed', why: failureText(error) }));
  }, []);
  switch (state.is) {
    case 'starting':
      return <p class="loading">{texts.loading}</p>;
    case 'failed':
      return (
        <p class="notice notice-bad" role="alert">
          {state.why}
        </p>
      );
    case 'new':
      return <NewGate {...actionsOf(state.room, setState)} />;
    case 'locked':
      return <LockedGate {...actionsOf(state.room, setState)} />;
    case 'backup': {
      const { room, session, words } = state;
      const done = (): void => setState({ is: 'open', room, session });
      return <FirstBackup words={words} session={session} done={done} />;
    }
    case 'open': {
      const { room, session } = state;
      const lock = async (): Promise<void> => {
        await room.lock();
        setState({ is: 'locked', room });
      };
      return <OpenDoor session={session} lock={lock} />;
    }
  }
}

/** Opens it, where a key was kept for this tab or this device; another tab may lock it at any time. */
async function begin(setState: (state: State) => void): Promise<void> {
  const room = await WalletRoom.open();
  room.onNews((news) => {
    if (news === 'locked') setState({ is: 'locked', room });
  });
  const kept = await room.resume();
  if (kept !== undefined) setState({ is: 'open', room, session: await openSession(kept) });
  else setState({ is: (await room.hasWallet()) ? 'locked' : 'new', room });
}

function actionsOf(room: WalletRoom, setState: (state: State) => void): GateActions {
  const open = async (wallet: Wallet, keeping: Keeping = 'session'): Promise<OwnerSession> => {
    const session = await openSession(wallet);
    await room.keepOpen(wallet, keeping);
    return session;
  };
  return {
    create: async (passphrase) => {
      const wallet = await room.create(passphrase);
      const words = await wallet.recoveryPhrase(passphrase);
      setState({ is: 'backup', room, session: await open(wallet), words });
    },
    restore: async (copy, opener) => {
      const session = await open(await room.restore(copy, opener));
      setState({ is: 'open', room, session });
    },
    unlock: async (passphrase, stay) => {
      const session = await open(await room.unlock(passphrase), stay ? 'device' : 'session');
      setState({ is: 'open', room, session });
    },
    recover: async (words, passphrase) => {
      const session = await open(await room.recover(words, passphrase));
      setState({ is: 'open', room, session });
    },
  };
}

function OpenDoor({
  session,
  lock,
}: {
  readonly session: OwnerSession;
  readonly lock: () => Promise<void>;
}) {
  const [vid, setVid] = useState<Vid | undefined>(ownedCars(session)[0]);
  const [request, setRequest] = useState<AccessRequest | undefined>(undefined);
  const [code, setCode] = useState<string | undefined>(undefined);
  const [newCar, setNewCar] = useState<string | undefined>(undefined);
  const follow = (text: string): boolean => {
    const asked = readAccessRequest(text);
    if (asked !== undefined && ownedCars(session).includes(asked.vid)) {
      setVid(asked.vid);
      setRequest(asked);
      return true;
    }
    const take = codeIn(text, 'take');
    setCode(take);
    const taking = codeIn(text, 'new');
    setNewCar(taking);
    return take !== undefined || taking !== undefined;
  };
  useEffect(() => {
    const look = (): void => {
      if (follow(location.hash)) history.replaceState(null, '', location.pathname);
    };
    look();
    globalThis.addEventListener('hashchange', look);
    return () => globalThis.removeEventListener('hashchange', look);
  }, [session]);
  return (
    <>
      {code !== undefined && (
        <TakeOver
          session={session}
          code={code}
          done={(taken) => {
            setCode(undefined);
            setVid(taken);
          }}
        />
      )}
      {newCar !== undefined && (
        <Welcome
          session={session}
          code={newCar}
          done={(taken) => {
            setNewCar(undefined);
            setVid(taken);
          }}
        />
      )}
      <Cars session={session} chosen={vid} choose={setVid} follow={follow} />
      {vid !== undefined && (
        <Car
          session={session}
          vid={vid}
          request={request?.vid === vid ? request : undefined}
          answered={() => setRequest(undefined)}
        />
      )}
      <BackupAgain session={session} lock={lock} />
    </>
  );
}

/** Cars whose keys are here; one that somebody only prepares to buy is none yet. */
function ownedCars({ wallet }: OwnerSession): Vid[] {
  return wallet.content.vehicles
    .filter(({ purchase, rootKeys }) => purchase === undefined || rootKeys.length > 0)
    .map(({ vid }) => vid);
}

mountIsland('owner', OwnerDoor);

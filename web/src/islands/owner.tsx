/** @jsxImportSource hono/jsx/dom */
import type { Wallet } from '@passport/ledger-client/wallet';
import type { Vid } from '@passport/model';
import { useEffect, useState } from 'hono/jsx/dom';

import { type AccessRequest, readAccessRequest } from '../browser/access-request.ts';
import { browserWallet } from '../browser/browser-wallet.ts';
import { Meeting } from '../browser/meeting.ts';
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

const texts = inLanguage({ en: owner });

type State =
  | { readonly is: 'starting' }
  | { readonly is: 'new' }
  | { readonly is: 'locked' }
  | { readonly is: 'failed'; readonly why: string }
  | { readonly is: 'backup'; readonly session: OwnerSession; readonly words: string }
  | { readonly is: 'open'; readonly session: OwnerSession };

/** The owner's door: keys in this browser, then the cars. */
function OwnerDoor() {
  const [state, setState] = useState<State>({ is: 'starting' });
  useEffect(() => {
    begin().then(setState, (error: unknown) => setState({ is: 'failed', why: failureText(error) }));
  }, []);
  const opened = async (wallet: Wallet, words?: string): Promise<void> => {
    const session = await openSession(wallet);
    setState(words === undefined ? { is: 'open', session } : { is: 'backup', session, words });
  };
  const wallets = browserWallet();
  const actions: GateActions = {
    create: async (passphrase) => {
      const wallet = await wallets.create(passphrase);
      await opened(wallet, await wallet.recoveryPhrase(passphrase));
    },
    restore: async (copy, opener) => opened(await wallets.restore(copy, opener)),
    unlock: async (passphrase, stay) => opened(await wallets.unlock(passphrase, stay)),
    recover: async (words, passphrase) => opened(await wallets.recover(words, passphrase)),
  };
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
      return <NewGate {...actions} />;
    case 'locked':
      return <LockedGate {...actions} />;
    case 'backup': {
      const { session, words } = state;
      const done = (): void => setState({ is: 'open', session });
      return <FirstBackup words={words} session={session} done={done} />;
    }
    case 'open': {
      const lock = async (): Promise<void> => {
        await wallets.lock();
        setState({ is: 'locked' });
      };
      return <OpenDoor session={state.session} lock={lock} />;
    }
  }
}

async function begin(): Promise<State> {
  const wallets = browserWallet();
  const kept = await wallets.openKept();
  if (kept !== undefined) return { is: 'open', session: await openSession(kept) };
  return { is: (await wallets.store.read()) === undefined ? 'new' : 'locked' };
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
  const follow = (text: string): boolean => {
    const asked = readAccessRequest(text);
    if (asked !== undefined && ownedCars(session).includes(asked.vid)) {
      setVid(asked.vid);
      setRequest(asked);
      return true;
    }
    const take = Meeting.codeIn(text);
    setCode(take);
    return take !== undefined;
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

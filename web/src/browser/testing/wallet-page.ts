import {
  HttpRelay,
  OwnerDesk,
  personKeyOf,
  readOwnerView,
  ResaleDesk,
  scryptCost,
  signRequest,
  type Wallet,
} from '@passport/ledger-client/wallet';
import { openBook, openerOf, readBookAnswer } from '@passport/client/browser';
import { systemNow, systemRandom, systemRandomBytes } from '@passport/runtime';

import { WalletRoom } from '../wallet-room.ts';

/** A page of a test puts all that a wallet's pages use where the test can call it. */
const quick = { ...scryptCost, N: 2 ** 10 };

const room = await WalletRoom.open(quick);

function desks(wallet: Wallet, ledger: string) {
  const options = {
    ...{ wallet, ledger, channel: 'passport' },
    ...{ random: systemRandomBytes, now: systemNow },
  };
  return { desk: new OwnerDesk(options), resale: new ResaleDesk(options) };
}

function relay(proofUrl?: string): HttpRelay {
  const { origin } = location;
  const known = proofUrl === undefined ? {} : { proofUrl };
  return new HttpRelay({ origin, now: systemNow, random: systemRandom, ...known });
}

const read = { openBook, openerOf, readBookAnswer };
const sign = { personKeyOf, signRequest };
Object.assign(globalThis, { room, WalletRoom, desks, relay, readOwnerView, read, sign, systemNow });

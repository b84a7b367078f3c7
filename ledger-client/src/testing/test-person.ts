import { randomBytes } from 'node:crypto';

import type { KeyId } from '@passport/model';

import type { DeskOptions } from '../owner/desk-signer.ts';
import { OwnerDesk } from '../owner/owner-desk.ts';
import { ResaleDesk } from '../owner/resale-desk.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { memoryWallet } from './memory-wallet.ts';

/** The ledger's name in the tests. */
export const testLedger = 'fabric:00112233445566778899aabbccddeeff';

/** Somebody with a wallet, a signing key, and a desk for each of what owners do. */
export type TestPerson = {
  readonly wallet: Wallet;
  readonly signer: KeyId;
  readonly desk: OwnerDesk;
  readonly resale: ResaleDesk;
};

/** Makes a person. */
export async function makePerson(changes: Partial<DeskOptions> = {}): Promise<TestPerson> {
  const { wallet } = await memoryWallet();
  const options: DeskOptions = {
    wallet,
    ledger: testLedger,
    channel: 'passport',
    random: randomBytes,
    now: () => new Date(),
    ...changes,
  };
  const desk = new OwnerDesk(options);
  return { wallet, signer: await desk.makeSigner(), desk, resale: new ResaleDesk(options) };
}

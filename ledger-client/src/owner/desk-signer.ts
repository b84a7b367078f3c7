import {
  type CommandId,
  type Instant,
  instantOf,
  parseCommandId,
  type SignedCommand,
  type Vid,
} from '@passport/model';
import type { RandomBytes } from '@passport/privacy';

import { signCommand } from '../signing/sign-command.ts';
import { personKeyOf } from '../signing/person-key.ts';
import type { Wallet } from '../wallet/wallet.ts';

/** What the desks of an owner need. */
export type DeskOptions = {
  readonly wallet: Wallet;
  /** The ledger's name (CAIP-2), which all that is sealed is bound to. */
  readonly ledger: string;
  /** The channel that commands are for. */
  readonly channel: string;
  readonly random: RandomBytes;
  readonly now: () => Date;
};

/** Commands are good for so long: time enough for somebody to relay them. */
export const COMMAND_MS = 10 * 60 * 1000;

/** Signs commands about vehicles with the keys of a wallet. */
export class DeskSigner {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Signs by the key that owns the vehicle. Throws PassportError `WALLET_KEY_UNKNOWN`. */
  async sign(
    vid: Vid,
    functionName: string,
    args: object,
    id: CommandId = this.id(),
  ): Promise<SignedCommand> {
    const { wallet, channel, now } = this.#options;
    const { signer } = wallet.vehicle(vid);
    return signCommand(await personKeyOf(wallet.signingKey(signer)), {
      ...{ channel, functionName, target: vid, id, args },
      expiresAt: new Date(now().getTime() + COMMAND_MS),
    });
  }

  /** Until when what is signed now can still be relayed. */
  goodUntil(): Instant {
    return instantOf(this.#options.now().getTime() + COMMAND_MS);
  }

  /** A nonce that no other command has. */
  id(): CommandId {
    return parseCommandId(hexOf(this.#options.random(16)));
  }

  now(): Instant {
    return instantOf(this.#options.now().getTime());
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

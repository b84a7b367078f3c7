import type { common } from '@hyperledger/fabric-protos';

import { changeEnvelope, type EnvelopeParts } from '../../client/envelope.ts';
import type { Fixture } from '../../fixture.ts';

/** Bytes that are no message. */
export const GARBAGE = Buffer.from('ffffffff', 'hex');
/** No bytes. */
export const NOTHING = new Uint8Array(0);

/** How an endorsed transaction's envelope is made a bad one. */
export type EnvelopeCase = {
  readonly name: string;
  /** Makes the envelope of one that was endorsed in good order. */
  readonly make: (envelope: common.Envelope, fixture: Fixture) => Promise<common.Envelope>;
};

/** Changes the parts of an endorsed transaction before they are put together and signed. */
export type Change = (parts: EnvelopeParts, fixture: Fixture) => void | Promise<void>;

/** The envelope with its parts changed, signed by the maker's user. */
export function making(change: Change): EnvelopeCase['make'] {
  return async (envelope, fixture) =>
    changeEnvelope(envelope, fixture.maker.identity, async (parts) => change(parts, fixture));
}

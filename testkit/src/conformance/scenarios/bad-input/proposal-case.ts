import { type peer } from '@hyperledger/fabric-protos';

import type { TestIdentity } from '../../client/identity.ts';
import { makeProposal, type ProposalOptions } from '../../client/signed-proposal.ts';
import type { Fixture } from '../../fixture.ts';
import type { ExpectedAnswers } from './proposal-answers.ts';

/** What an endorser is sent. */
export type MadeProposal = { readonly txId: string; readonly signed: peer.SignedProposal };

/** A way to make a proposal that is unusual, and not refused. */
export type AcceptedCase = {
  readonly name: string;
  readonly make: (fixture: Fixture) => Promise<MadeProposal>;
};

/** A bad proposal, and what the calls that it is sent by answer. */
export type ProposalCase = AcceptedCase & { readonly expected: ExpectedAnswers };

/** Bytes that are no message. */
export const GARBAGE = Buffer.from('ffffffff', 'hex');
/** No bytes. */
export const NOTHING = new Uint8Array(0);

type Options = Partial<Pick<ProposalOptions, 'channel' | 'chaincode' | 'change' | 'args'>>;

/** A proposal to echo something, unless options say otherwise. */
export function propose(
  creator: TestIdentity,
  { maker }: Fixture,
  options: Options,
): Promise<MadeProposal> {
  const args = ['run', '[["echo",1]]'];
  return makeProposal(creator, { channel: maker.channel, chaincode: 'probe', args, ...options });
}

/** A proposal of a member in good standing, with something wrong about it. */
export function bad(name: string, expected: ExpectedAnswers, options: Options): ProposalCase {
  return { name, expected, make: (fixture) => propose(fixture.maker.identity, fixture, options) };
}

/** A proposal of a member in good standing, some part of which is changed. */
export function changed(
  name: string,
  expected: ExpectedAnswers,
  change: ProposalOptions['change'] & object,
): ProposalCase {
  return bad(name, expected, { change });
}

/** A well-formed proposal of somebody who may not make one. */
export function by(
  name: string,
  expected: ExpectedAnswers,
  creator: (fixture: Fixture) => Promise<TestIdentity>,
): ProposalCase {
  return { name, expected, make: async (fixture) => propose(await creator(fixture), fixture, {}) };
}

/** As {@link bad}, of what is not refused. */
export function accepted(name: string, options: Options): AcceptedCase {
  return { name, make: (fixture) => propose(fixture.maker.identity, fixture, options) };
}

/** As {@link changed}, of what is not refused. */
export function acceptedChange(
  name: string,
  change: ProposalOptions['change'] & object,
): AcceptedCase {
  return accepted(name, { change });
}

/** As {@link by}, of somebody who may. */
export function acceptedBy(
  name: string,
  creator: (fixture: Fixture) => Promise<TestIdentity>,
): AcceptedCase {
  return { name, make: async (fixture) => propose(await creator(fixture), fixture, {}) };
}

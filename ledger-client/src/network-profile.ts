import { readFile } from 'node:fs/promises';

import { AppError } from '@passport/runtime';
import * as z from 'zod';

const node = z.object({
  name: z.string().min(1),
  /** `host:port`. */
  address: z.string().regex(/^.+:\d+$/, 'must be host:port'),
  /** Path of the certificate in PEM that its TLS certificate chains to. */
  tlsRootCertificate: z.string().min(1),
});

const organisation = z.object({
  mspId: z.string().min(1),
  domain: z.string().min(1),
  peers: z.array(node).min(1).readonly(),
  /** Names of its users' folders, such as `User1@maker.example`. */
  users: z.array(z.string()).readonly(),
});

const networkProfile = z.object({
  channel: z.string().min(1),
  /** A folder laid out as Fabric's cryptogen does. */
  cryptoMaterial: z.string().min(1),
  organisations: z.array(organisation).min(1).readonly(),
  orderers: z
    .array(node.extend({ mspId: z.string().min(1), domain: z.string().min(1) }))
    .readonly(),
  chaincodes: z.array(z.object({ name: z.string().min(1), address: z.string().min(1) })).readonly(),
  /** Version of the peers, on a real network. */
  fabricVersion: z.string().optional(),
  /** URL of the developer controls, on a devnet that has them on. */
  control: z.url().optional(),
});

/** What a client needs to use a network; the devnet and a real one write the same file. */
export type NetworkProfile = Readonly<z.output<typeof networkProfile>>;

/** One organisation of a {@link NetworkProfile}. */
export type OrganisationProfile = NetworkProfile['organisations'][number];

/** A profile or an identity cannot be read; the message says which file or name, and why. */
export class LedgerProfileError extends AppError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'LEDGER_PROFILE', retry: 'never', cause });
  }
}

/** Reads a network's profile (network.json). Throws {@link LedgerProfileError}. */
export async function readNetworkProfile(path: string): Promise<NetworkProfile> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new LedgerProfileError(`cannot read ${path} as JSON: ${String(error)}`, error);
  }
  const parsed = networkProfile.safeParse(json);
  if (!parsed.success) {
    throw new LedgerProfileError(`${path} is no profile: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** The organisation of that MSP id. Throws {@link LedgerProfileError} when there is none. */
export function organisationOf(profile: NetworkProfile, mspId: string): OrganisationProfile {
  const found = profile.organisations.find((candidate) => candidate.mspId === mspId);
  if (found !== undefined) return found;
  const known = profile.organisations.map((candidate) => candidate.mspId).join(', ');
  throw new LedgerProfileError(`the network has no organisation ${mspId}, only ${known}`);
}

import type { CertificateClaims } from '@passport/model/certificate';

import type { VerifiedCertificate } from './verify-certificate.ts';

const vinWords = {
  same: 'ok  it is of the car with that VIN\n',
  other: 'WRONG  it is of another car than the one with that VIN\n',
  uncommitted: 'UNKNOWN  it holds no VIN\n',
  sealed: 'UNKNOWN  its VIN is sealed: ask the seller for the number, --vin-number\n',
  'no-vin': 'UNKNOWN  that is no VIN\n',
} as const;

/** What is printed of a verified certificate, for people. Of one that is not genuine nothing is repeated. */
export function certificateText(verified: VerifiedCertificate): string {
  const { judgement, vin } = verified;
  switch (judgement.is) {
    case 'unreadable':
      return 'NOT GENUINE  it is no certificate, or not all of it\n';
    case 'altered':
      return 'NOT GENUINE  it was changed\n';
    case 'unknown-issuer':
      return `NOT GENUINE  no member that is known signed it; it names ${judgement.named}\n`;
    case 'expired':
      return `EXPIRED  signed by ${judgement.claims.iss}, good until ${timeOf(judgement.claims.exp)}\n`;
    case 'genuine': {
      const compared = vin === undefined ? '' : vinWords[vin];
      return `ok  signed by ${judgement.claims.iss}, not a letter was changed\n${stateLine(verified)}${compared}${linesOf(judgement.claims)}`;
    }
  }
}

function stateLine({ state }: VerifiedCertificate): string {
  if (state === undefined) return 'offline: whether it was revoked was not asked (--online)\n';
  if (state === 'forgotten') return 'UNKNOWN  its issuer does not know it\n';
  const { status, block, ledgerTime } = state;
  const at = `as of block ${block} (${ledgerTime})`;
  switch (status) {
    case 'current':
      return `ok  it still says what the log book says, ${at}\n`;
    case 'changed':
      return `CHANGED  the log book says something else by now, ${at}\n`;
    case 'ended':
      return `ENDED  who had it made does not own the car any more, ${at}\n`;
    case 'revoked':
      return `REVOKED  by its owner, ${at}\n`;
  }
}

function linesOf(claims: CertificateClaims): string {
  const { block, at, exp, madeUp, mileage, life, owners, freshness, quality, basis } = claims;
  const lines = [`exact at block ${block} (${timeOf(at)}), good until ${timeOf(exp)}`];
  if (madeUp > 0) lines.push(`a demonstration: ${madeUp} events were made up by a program`);
  if (mileage !== undefined) {
    const { says, km, on, readings, backs, backKm } = mileage;
    const back = backs === 0 ? '' : `; it went back ${backs} times, by ${backKm} km`;
    lines.push(
      `mileage  ${says}, ${km === null ? 'no reading' : `${km} km on ${on}`}, ${readings} readings${back}`,
    );
  }
  if (life !== undefined) {
    lines.push(`wreck    ${life.wreck}, ${life.state}, ${life.incidents} incidents`);
  }
  if (owners !== undefined) lines.push(`owners   ${owners}`);
  if (freshness !== undefined) lines.push(`newest   ${freshness.on ?? 'nothing'}`);
  if (quality !== undefined) {
    lines.push(`quality  ${quality.band}, median ${quality.median ?? '-'} of 1000`);
  }
  if (basis !== undefined) {
    const events = Object.values(basis.events).reduce((sum, each) => sum + each, 0);
    const { sources, members } = basis;
    lines.push(`basis    ${events} events of ${sources} sources of ${members} members`);
  }
  return lines.map((line) => `  ${line}\n`).join('');
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

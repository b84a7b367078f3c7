import { certificateFields, parseVid, PassportError, vid, type Vid } from '@passport/model';
import { z } from 'zod';

import { ChainLog, findLog, type LogLimits } from '../journal/chain-log.ts';
import type { JournalDisk } from '../journal/journal-disk.ts';
import { type JournalFormat, type Link, NO_HASH } from '../journal/segment.ts';

const limits: LogLimits = {
  groupBytes: 1024 * 1024,
  segmentBytes: 4 * 1024 * 1024,
  aheadBytes: 64 * 1024,
};
const id = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** A certificate that was made: what its state is told by. What it says is with its owner only. */
const madeCertificate = z.strictObject({
  id,
  vid,
  ownerEpoch: z.int().min(1),
  fields: z.array(z.enum(certificateFields)).min(1),
  hasVin: z.boolean(),
  /** Seconds since 1970. */
  iat: z.int().positive(),
  exp: z.int().positive(),
  block: z.int().min(0),
  /** Digest of what it finds: another one would say something else. */
  findings: z.string().regex(/^[0-9a-f]{64}$/),
});

/** {@link madeCertificate} */
export type MadeCertificate = z.output<typeof madeCertificate>;

/** A certificate that is known here. */
export type KnownCertificate = MadeCertificate & { readonly isRevoked: boolean };

/** Each line is one of them. */
const entry = z.union([
  z.strictObject({ made: madeCertificate }),
  z.strictObject({ revoked: id }),
  z.strictObject({ signer: z.array(z.string().min(1).max(8_000)).min(1).max(3) }),
]);

type Entry = z.output<typeof entry>;

const format: JournalFormat<Entry> = { name: 'certificates', member: 'entry', schema: entry };

/**
 * Certificates that are in force, on a disk of this server before anybody has them. What has expired is forgotten, and
 * its files go when the server starts. The certificates of all keys that have signed stay known.
 */
export class CertificateJournal {
  readonly #log: ChainLog<Entry>;
  readonly #known = new Map<string, KnownCertificate>();
  readonly #byVehicle = new Map<Vid, Set<string>>();
  readonly #signers = new Map<string, readonly string[]>();
  #hasTrouble = false;

  private constructor(log: ChainLog<Entry>, links: readonly Link<Entry>[]) {
    this.#log = log;
    for (const link of links) this.#take(link.entry);
  }

  /** Opens the journal. `onTrouble` hears why nothing can be written any more. Throws JournalDamaged. */
  static async open(
    disk: JournalDisk,
    onTrouble: (error: unknown) => void,
    now: () => Date,
  ): Promise<CertificateJournal> {
    const found = await findLog(disk, format);
    const hearer = {
      onDurable: () => undefined,
      onTrouble: (error: unknown) => {
        journal.#hasTrouble = true;
        onTrouble(error);
      },
    };
    const log = new ChainLog(disk, format, limits, hearer, found, { seq: 0, hash: NO_HASH });
    const journal: CertificateJournal = new CertificateJournal(log, found.links);
    await journal.#forgetExpired(found.links, now());
    return journal;
  }

  /** Why nothing can be written any more; undefined while it can. */
  get trouble(): string | undefined {
    return this.#hasTrouble ? 'the journal of certificates cannot be written' : undefined;
  }

  /** Chains of all keys that have signed, as `x5c`. */
  get signers(): readonly (readonly string[])[] {
    return [...this.#signers.values()];
  }

  /** Remembers who signs; once. Throws PassportError `NOT_READY`. */
  async sign(chain: readonly string[]): Promise<void> {
    if (this.#signers.has(chain.join(' '))) return;
    await this.#write({ signer: [...chain] });
  }

  /** A certificate by its name; undefined of one that is unknown, or has expired. */
  find(name: string, now: Date): KnownCertificate | undefined {
    const known = this.#known.get(name);
    return known !== undefined && isInForce(known, now) ? known : undefined;
  }

  /** Those of a car under one owner that have not expired, the newest first. */
  of(car: Vid, ownerEpoch: number, now: Date): readonly KnownCertificate[] {
    return [...(this.#byVehicle.get(car) ?? [])]
      .flatMap((name) => this.find(name, now) ?? [])
      .filter((each) => each.ownerEpoch === ownerEpoch)
      .reverse();
  }

  /** Writes down that a certificate is made; it is on the disk when it resolves. Throws PassportError `NOT_READY`. */
  make(made: MadeCertificate): Promise<void> {
    return this.#write({ made });
  }

  /** Writes down that one is revoked, likewise; again changes nothing. */
  async revoke(name: string): Promise<void> {
    if (this.#known.get(name)?.isRevoked === true) return;
    await this.#write({ revoked: name });
  }

  /** Writes what waits, then closes the files. */
  close(): Promise<void> {
    return this.#log.close();
  }

  async #write(one: Entry): Promise<void> {
    try {
      await this.#log.append([one]);
    } catch {
      // The log has told its owner why.
      throw new PassportError('NOT_READY', 'certificates cannot be written down, so none is made');
    }
    this.#take(one);
  }

  #take(one: Entry): void {
    if ('signer' in one) this.#signers.set(one.signer.join(' '), one.signer);
    else if ('revoked' in one) {
      const known = this.#known.get(one.revoked);
      if (known !== undefined) this.#known.set(one.revoked, { ...known, isRevoked: true });
    } else {
      this.#known.set(one.made.id, { ...one.made, isRevoked: false });
      const car = parseVid(one.made.vid);
      const names = this.#byVehicle.get(car) ?? new Set();
      this.#byVehicle.set(car, names.add(one.made.id));
    }
  }

  async #forgetExpired(links: readonly Link<Entry>[], now: Date): Promise<void> {
    for (const known of this.#known.values()) {
      if (isInForce(known, now)) continue;
      this.#known.delete(known.id);
      const names = this.#byVehicle.get(parseVid(known.vid));
      names?.delete(known.id);
    }
    const first = links.find(({ entry: one }) => 'made' in one && this.#known.has(one.made.id));
    const upTo = first === undefined ? (links.at(-1)?.seq ?? 0) : first.seq - 1;
    // Signers are told again behind, so that their lines may go with the rest.
    const gone = links.filter(({ seq, entry: one }) => seq <= upTo && 'signer' in one);
    for (const { entry: one } of gone) await this.#write(one);
    await this.#log.forget(upTo);
  }
}

function isInForce({ exp }: MadeCertificate, now: Date): boolean {
  return now.getTime() / 1000 < exp;
}

import { randomUUID } from 'node:crypto';

import {
  connectLedger,
  MemoryReplayStore,
  passportClient,
  type PassportClient,
  type ProofPolicy,
  readLedgerName,
  readMemberRoots,
  readNetworkProfile,
  readSigningKey,
  VoucherVerifier,
} from '@passport/ledger-client';
import {
  marketChallenge,
  type MarketTerms,
  parse,
  parseCommandId,
  parseMspId,
} from '@passport/model';
import { ConfigurationError, type Logger, sleep } from '@passport/runtime';
import { Redis } from 'ioredis';

import { FolderDisk } from '../journal/journal-disk.ts';
import { AnswerStore } from './answer-store.ts';
import { DebitJournal } from './debit-journal.ts';
import { journalName } from './journal-name.ts';
import { LostAnswers } from './lost-answers.ts';
import type { MarketDesk } from './market-desk.ts';
import { type MarketLedger, passportMarketLedger } from './market-ledger.ts';
import { OperatorSeal } from './operator-seal.ts';
import { PriceBook } from './price-book.ts';
import { ReceiptSeal } from './receipt-seal.ts';
import { SessionKeys } from './session-keys.ts';
import { RedisTabLeases, soleServer } from './tab-leases.ts';
import { TabMirror } from './tab-mirror.ts';
import { termsOf } from './terms-of.ts';

/** Pause between looks at products and tariff. */
const PRICES_POLL_MS = 10_000;
const NAME_MS = 30_000;
/** Settlement periods that a voucher has to last behind a sale: one may fail. */
const MARGIN_PERIODS = 2;

/** Settings of selling. */
export type SalesSettings = {
  readonly operatorKey?: string | undefined;
  readonly debitsFolder?: string | undefined;
  readonly leasesRedisUrl?: string | undefined;
  readonly logName: string;
  readonly ledgerProfile?: string | undefined;
  readonly mspId?: string | undefined;
  readonly user: string;
  readonly chaincode: string;
  /** So long an answer that a crash has stopped is held before its price is given back, milliseconds. */
  readonly answerHoldMs: number;
};

/** What the rest of the process gives it. */
export type SalesSurroundings = {
  readonly logger: Logger;
  readonly now: () => Date;
  readonly random: () => number;
  readonly publicUrl: () => string;
};

/** What sells, and what ends with it. */
export type OpenSales = {
  readonly desk: MarketDesk;
  readonly ledger: MarketLedger;
  readonly proofs: ProofPolicy;
  /** What a buyer has to know before a tab is opened. */
  readonly terms: MarketTerms;
  /** Under which URL callers know this server. */
  readonly publicUrl: () => string;
  /** What settling what was sold takes. */
  readonly settling: {
    readonly client: PassportClient;
    /** The disk of the journal of debits. */
    readonly disk: FolderDisk;
    /** How often settlements are due by the ledger's rules, milliseconds. */
    readonly periodMs: number;
  };
  /** Begins to give back what was lost; once settling is open, which knows what is on its way to the ledger. */
  makeGood(): void;
  close(): Promise<void>;
};

/**
 * Opens what selling takes: the operator's key, a ledger identity, and a folder for the journal of debits.
 * Undefined where no key is configured. Throws ConfigurationError where it is, and the rest is not;
 * LedgerProfileError, JournalDamaged.
 */
export async function openSales(
  config: SalesSettings,
  { logger, now, random, publicUrl }: SalesSurroundings,
): Promise<OpenSales | undefined> {
  const { operatorKey, debitsFolder, ledgerProfile, mspId, chaincode } = config;
  if (operatorKey === undefined) return undefined;
  if (ledgerProfile === undefined || mspId === undefined || debitsFolder === undefined) {
    const all = '--ledger-profile, --msp and --debits-folder';
    throw new ConfigurationError(`--operator-key needs ${all}: what is sold is written down`);
  }
  const operator = parseMspId(mspId);
  const seal = new OperatorSeal(await readSigningKey(operatorKey));
  const profile = await readNetworkProfile(ledgerProfile);
  const roots = await readMemberRoots(profile);
  const disk = await FolderDisk.open(debitsFolder);
  const journal = await DebitJournal.open(disk, (error) =>
    logger.error({ event: 'serving.debits_not_written', error }),
  );
  const stopping = new AbortController();
  const connection = await connectLedger(profile, { mspId, user: config.user });
  const redis = config.leasesRedisUrl === undefined ? undefined : new Redis(config.leasesRedisUrl);
  redis?.on('error', (error) => logger.warn({ event: 'serving.leases_redis_error', error }));
  let following: Promise<unknown> = Promise.resolve();
  const close = async (): Promise<void> => {
    stopping.abort(new Error('the serving API is asked to stop'));
    await following;
    await journal.close();
    redis?.disconnect();
    connection.close();
  };
  try {
    const client = passportClient(connection, { chaincode, random, signal: stopping.signal });
    const ledger = passportMarketLedger(client, operator);
    const { current } = await client.parameters.readParameter({ name: 'market.challenge' });
    const challenge = parse(marketChallenge, current.value);
    const prices = await PriceBook.open(ledger);
    const name = await readLedgerName(connection, AbortSignal.timeout(NAME_MS));
    const desk: MarketDesk = {
      ...{ operator, seal, journal, prices, now },
      place: { ledger: name, channel: profile.channel },
      sessions: new SessionKeys(seal.derive('passport/session/1')),
      receipts: new ReceiptSeal(seal),
      verifier: new VoucherVerifier(),
      tabs: new TabMirror(ledger, now),
      leases:
        redis === undefined
          ? soleServer
          : new RedisTabLeases(redis, config.logName, await journalName(disk)),
      answers: new AnswerStore(),
      underWay: new Map(),
      marginMs: MARGIN_PERIODS * challenge.settlementPeriodMs,
      newReceipt: () => parseCommandId(randomUUID()),
    };
    const lost = new LostAnswers({ desk, holdMs: config.answerHoldMs, logger });
    following = followPrices(prices, logger, stopping.signal);
    const makeGood = (): void => {
      following = Promise.all([following, lost.follow(stopping.signal)]);
    };
    const proofs = { roots, now, replays: new MemoryReplayStore(now) };
    const settling = { client, disk, periodMs: challenge.settlementPeriodMs };
    const terms = termsOf(desk, challenge);
    return { desk, ledger, proofs, terms, publicUrl, settling, makeGood, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function followPrices(prices: PriceBook, logger: Logger, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(PRICES_POLL_MS, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      await prices.refresh();
    } catch (error) {
      logger.warn({ event: 'serving.prices_not_read', error });
    }
  }
}

import type { common } from '@hyperledger/fabric-protos';
import { ledgerNameOf } from '@passport/ledger-client';
import { CellNames, memoryOfMaps, parseMspId } from '@passport/model';
import { GrowingHistory, Market } from '@passport/oracle';
import { testKey } from '@passport/oracle/testing';

import { type Block, readBlock } from '../../blocks/block.ts';
import type { ChainTip } from '../../blocks/chain.ts';
import { MarketOpener, type ReaderKeys } from '../../opening/market-opener.ts';
import { type FoldedParts, foldParts } from '../../testing/fold-parts.ts';
import { type FoldShare, wholeFold } from '../fold-share.ts';
import type { RandomLedger } from './random-ledger.ts';

/** The chaincode of random ledgers. */
export const CHAINCODE = 'passport';

/** The member that runs the market on them. */
const MARKET = parseMspId('MarketMSP');

/** Facts of each block by the fold of a share with a memory of maps. */
export async function fold(
  { blocks, readers }: RandomLedger,
  partitions = 4,
  share: FoldShare = wholeFold,
): Promise<readonly FoldedParts[]> {
  const memory = memoryOfMaps();
  const names = new CellNames();
  const reader = readerOf(blocks, readers);
  let ledgerTimeMs = 0;
  const all: FoldedParts[] = [];
  for (const block of blocks) {
    const folded = await foldParts(readBlock(block), ledgerTimeMs, {
      ...{ chaincode: CHAINCODE, partitions, share, memory, names, reader },
    });
    for (const { vid } of folded.erasures) reader.forget(vid);
    ({ ledgerTimeMs } = folded);
    all.push(folded);
  }
  return all;
}

/** The market, with the reader keys of these names. */
export function readerOf(
  blocks: readonly common.Block[],
  readers: RandomLedger['readers'],
): MarketOpener {
  const [genesis] = blocks;
  if (genesis === undefined) throw new Error('no block');
  return new MarketOpener({
    mspId: MARKET,
    ledger: ledgerNameOf(readBlock(genesis).hash.toString('hex')),
    keys: keysOf(readers),
  });
}

/** The market's keys of these names. */
export function keysOf(readers: RandomLedger['readers']): Pick<ReaderKeys, 'find'> {
  const scalars = new Map(
    readers.map(({ vid, name }) => {
      const { id, d } = testKey(name);
      return [`${vid} ${id}`, Buffer.from(d, 'base64url')] as const;
    }),
  );
  return { find: async (vid, readerKey) => scalars.get(`${vid} ${readerKey}`) };
}

/** A block of a chain that nobody verifies. */
export function tipOf(chain: readonly Block[], number: number): ChainTip {
  const [genesis, block] = [chain[0], chain[number]];
  if (genesis === undefined || block === undefined) throw new Error(`no block ${number}`);
  const ledger = ledgerNameOf(genesis.hash.toString('hex'));
  return { ledger, number, hash: block.hash.toString('hex'), roots: {} };
}

function keyOf({ vid, name }: RandomLedger['readers'][number]) {
  return { vid, ...testKey(name) };
}

/** The same ledger as the oracle reads it, with the market's keys. */
export function historyOf({ blocks, readers }: RandomLedger): GrowingHistory {
  const history = new GrowingHistory(CHAINCODE, new Market(MARKET, readers.map(keyOf)));
  for (const block of blocks) history.add(block);
  return history;
}

import { join } from 'node:path';

import {
  LedgerHistory,
  type SettlementCheck,
  type SettlementOptions,
  verifySettlement,
} from '@passport/client';
import {
  connectLedger,
  KeyRing,
  passportClient,
  readIdentity,
  readNetworkProfile,
} from '@passport/ledger-client';
import { type Distribution, settlementAudit, type SettlementAudit } from '@passport/model';
import { Market } from '@passport/oracle';

import { startTamperedApi } from './tampered-api.ts';

const WAIT_MS = 60_000;
const market = 'MutualMSP';

/** What is said otherwise than it is: by the operator, by the ledger. */
export type Changes = {
  readonly audit?: (audit: SettlementAudit) => SettlementAudit;
  readonly distribution?: (distribution: Distribution) => Distribution;
};

function same<One>(one: One): One {
  return one;
}

type Parts = Omit<SettlementOptions, 'number' | 'api'>;

/** Recomputes settlements of a sandbox, as an auditor does, from blocks that are read once. */
export class Auditor {
  readonly #api: string;
  readonly #parts: Parts;
  readonly #close: () => void;

  private constructor(api: string, parts: Parts, close: () => void) {
    this.#api = api;
    this.#parts = parts;
    this.#close = close;
  }

  /** With an administrator's certificate of the market, and its key ring, from the sandbox's folder. */
  static async open(api: string, directory: string): Promise<Auditor> {
    const profile = await readNetworkProfile(join(directory, 'network.json'));
    const connection = await connectLedger(profile, { mspId: market, user: 'Admin' });
    const keys = await (await KeyRing.open(join(directory, 'market-keys'))).list();
    const ring = keys.map(({ vid, publicKey: { x, y }, scalar }) => {
      return { vid, x, y, d: Buffer.from(scalar).toString('base64url') };
    });
    const open = () => connection.network.getBlockEvents({ startBlock: 0n });
    const ledger = new LedgerHistory(open, 'passport', WAIT_MS, new Market(market, ring));
    const parts = {
      ...{ ledger, now: () => new Date() },
      signer: await readIdentity(profile, market, 'Admin'),
      client: passportClient(connection, { chaincode: 'passport', random: Math.random }),
    };
    return new Auditor(api, parts, () => {
      ledger.close();
      connection.close();
    });
  }

  /** What was compared, where the operator's word or the ledger's may be another one than it is. */
  async check(number: number, { audit = same, distribution = same }: Changes = {}) {
    const tampered = await startTamperedApi(this.#api, (answer) =>
      audit(settlementAudit.parse(answer)),
    );
    const { client } = this.#parts;
    const market = {
      ...client.market,
      readDistribution: async (args: Parameters<typeof client.market.readDistribution>[0]) => {
        return distribution(await client.market.readDistribution(args));
      },
    };
    try {
      return await verifySettlement({
        ...{ ...this.#parts, client: { ...client, market } },
        ...{ number, api: this.#api, via: tampered.url },
      });
    } finally {
      await tampered.close();
    }
  }

  close(): void {
    this.#close();
  }
}

/** What of it differs. */
export function differing(checks: readonly SettlementCheck[]): string[] {
  return checks.flatMap(({ what, difference }) => (difference === undefined ? [] : [what]));
}

import {
  cellName,
  encodeRecord,
  type Fact,
  type LogRow,
  parseDay,
  parseKeyId,
  partitionOf,
  type Vid,
  VIEW_DEFINITIONS,
  vidOfBytes,
} from '@passport/model';

/** A small ledger in which an owner has something erased, for tests: canaries in what has to go. */

export const PARTITIONS = 2;
export const EPOCH_BLOCKS = 2;
const LEDGER = 'fabric:0123456789abcdef0123456789abcdef';

/** The vehicle whose first owner has it erased, and another one. */
export const [vid, other] = [1, 2].map((byte) => vidOfBytes(Buffer.alloc(16, byte))) as [Vid, Vid];

/** Metres that the first owner drove: a number that nothing else comes to. */
export const CANARY_M = 918_273_645;

/** The market's key that the first owner's grant was sealed to. */
export const READER_KEY = parseKeyId('R'.repeat(42) + 'A');

/** Texts that have to go; each says where it was. */
export const canary = (where: string): string => `cANARy-${where}`;

/** Texts that have to stay. */
export const keeper = (where: string): string => `keeper-${where}`;

type Line = Pick<LogRow, 'kind' | 'vid'> & { readonly detail: object };

/** A block's lines, and what its trips and their retractions come to. */
export type SmallBlock = {
  readonly lines: readonly Line[];
  readonly distances: readonly (readonly [Vid, number])[];
};

const line = (kind: string, of: Vid, detail: object): Line => ({
  kind: kind as LogRow['kind'],
  vid: of,
  detail,
});

const trip = (of: Vid, text: string): Line =>
  line('trip', of, { id: 'trip', sealed: { usage: text } });

/** The blocks up to the erasure, which is in the last of them. */
export const erasedBlocks: readonly SmallBlock[] = [
  {
    lines: [
      line('registered', vid, { registeredBy: 'MakerMSP' }),
      line('ownership-transferred', vid, {
        ...{ handOver: canary('hand-over'), owner: canary('owner'), ownerEpoch: 1 },
      }),
      line('registered', other, { registeredBy: 'MakerMSP' }),
      line('ownership-transferred', other, { owner: keeper('owner'), ownerEpoch: 1 }),
    ],
    distances: [],
  },
  {
    lines: [
      trip(vid, canary('trip')),
      line('intervention', vid, {
        id: 'work',
        sealed: { location: canary('work'), maintenance: keeper('work') },
      }),
      line('granted', vid, {
        ...{ grantId: canary('grant'), ownerEpoch: 1, purpose: 'maintenance' },
        grantee: { mspId: 'GarageMSP' },
        wraps: [{ readerKey: READER_KEY, keys: canary('wrap') }],
      }),
      trip(other, keeper('other')),
    ],
    distances: [
      [vid, CANARY_M],
      [other, 1_000],
    ],
  },
  {
    lines: [
      line('ownership-transferred', vid, {
        handOver: keeper('hand-over'),
        owner: keeper('buyer'),
        ownerEpoch: 2,
      }),
      trip(vid, keeper('next')),
    ],
    distances: [[vid, 2_000]],
  },
  {
    lines: [line('erased', vid, { ownerEpoch: 1 })],
    distances: [[vid, -CANARY_M]],
  },
];

/** A block in which the other vehicle drives. */
export const laterBlock: SmallBlock = {
  lines: [trip(other, keeper('later'))],
  distances: [[other, 500]],
};

/** Lines of a block, as the archive has them. */
export function rowsOf({ lines }: SmallBlock, number: number): LogRow[] {
  return lines.map(({ kind, vid: of, detail }, index) => ({
    ...{ block: number, tx: 0, index, vid: of, kind, at: parseDay('2026-01-05') },
    recordedAtMs: timeOf(number),
    place:
      kind === 'trip' || kind === 'intervention'
        ? ({ source: 'A/b', entry: number + 1, index } as LogRow['place'])
        : null,
    odometerKm: kind === 'trip' ? 100 + number : null,
    quality: 800,
    detail: JSON.stringify(detail),
  }));
}

/** Facts of a block. */
export function factsOf({ distances }: SmallBlock): (Fact & { readonly vid: Vid })[] {
  return distances.flatMap(([of, metres]) => {
    const model = of === vid ? 'mine' : 'yours';
    const cell = cellName('usage', [
      '2026-01-05',
      'Seat',
      model,
      'DIESEL',
      'DE',
      'telematics',
      'dt',
    ]);
    const sign = Math.sign(metres);
    return [
      { vid: of, cell, key: 'distanceM', delta: metres },
      { vid: of, cell, key: 'trips', delta: sign },
      { vid: of, cell, key: `vehicle@${of}`, delta: sign },
    ];
  });
}

/** A record of one block for a partition. */
export function recordOf(block: SmallBlock, number: number, partition: number): Buffer {
  const isOurs = ({ vid: of }: { readonly vid: Vid }) => partitionOf(of, PARTITIONS) === partition;
  return encodeRecord({
    ledger: LEDGER,
    ...{ partition, partitions: PARTITIONS, epochBlocks: EPOCH_BLOCKS },
    definitions: VIEW_DEFINITIONS,
    blocks: [
      {
        number,
        hash: number.toString(16).padStart(64, '0'),
        ledgerTimeMs: timeOf(number),
        rows: rowsOf(block, number).filter(isOurs),
        facts: factsOf(block)
          .filter(isOurs)
          .map(({ cell, key, delta }) => ({ cell, key, delta })),
      },
    ],
  });
}

function timeOf(number: number): number {
  return Date.UTC(2026, 0, 6) + number * 1000;
}

import { dayOf, type LifeCycleKind, parseCommandId, parseEventId, type Vid } from '@passport/model';

import type { FeedContext } from '../feed/feed-ledger.ts';
import { type SourceName, sources } from '../organisations.ts';
import { idOf } from '../setup/found-consortium.ts';
import type { DemoContext } from './demo-context.ts';
import { sell, showHistory } from './show-resale.ts';

/** Acts of a vehicle's life, by the functions of the contract. */
const acts = {
  appraised: 'appraise',
  'wreck-declared': 'declareWreck',
  repaired: 'recordRepair',
  'wreck-lifted': 'liftWreck',
} as const satisfies Partial<Record<LifeCycleKind, string>>;

/**
 * Takes a damaged vehicle through its life: appraised, a wreck, not for sale, repaired, cleared by
 * another expert than the declarer, sold. There are no open data of this: what it writes is marked
 * generated.
 */
export async function showLife(context: DemoContext & FeedContext, vid: Vid): Promise<void> {
  const { terminal, crowd } = context;
  const act = (kind: keyof typeof acts, source: SourceName): Promise<void> =>
    actOn(context, vid, kind, source);
  await act('appraised', 'experts');
  await act('wreck-declared', 'experts');
  const sale = { vid, seller: await crowd.ownerOf(vid), buyer: await crowd.stranger() };
  const handOver = (): Promise<bigint> => sell(context, sale);
  await expectRefusal(handOver, (message) => terminal.line(`      refused  ${message}`));
  await act('repaired', 'workshop');
  await expectRefusal(
    () => act('wreck-lifted', 'experts'),
    (message) => terminal.line(`      refused  ${message}`),
  );
  await act('wreck-lifted', 'centre');
  await context.blocks.shown(await handOver());
  await showHistory(context, sale);
}

async function actOn(
  context: DemoContext,
  vid: Vid,
  kind: keyof typeof acts,
  sourceName: SourceName,
): Promise<void> {
  const source = sources[sourceName];
  const { passport } = context.members[source.member].user;
  const id = commandId(context);
  const { blockNumber } = await passport[acts[kind]]({
    commandId: id,
    source: idOf(source),
    event: {
      id: parseEventId(`${kind}-${id}`),
      vid,
      at: dayOf(context.now().getTime()),
      method: sourceName === 'workshop' ? 'professional' : 'expert',
      generated: true,
    },
  });
  await context.blocks.shown(blockNumber);
}

async function expectRefusal(
  call: () => Promise<unknown>,
  show: (message: string) => void,
): Promise<void> {
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error) || !('code' in error)) {
    throw new Error('this was to be refused', { cause: error });
  }
  show(error.message);
}

function commandId({ randomBytes }: DemoContext) {
  return parseCommandId(`demo-${Buffer.from(randomBytes(10)).toString('hex')}`);
}

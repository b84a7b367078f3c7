import {
  amountOf,
  canonicalJson,
  type Distribution,
  digestOf,
  inLeafOrder,
  type JsonValue,
  type MarketSplit,
  microOf,
  type OwnerEntry,
  ownersRootOf,
  ownersTree,
  readReleasedQuery,
  receiptLeaf,
  receiptsTree,
  type Settlement,
  type SettlementAudit,
  type SoldLine,
  UNASSIGNED,
} from '@passport/model';
import {
  type AnswerMade,
  type Amounts,
  contributorsOf,
  type History,
  shareAmounts,
  splitAmount,
  total,
  weightsTogether,
} from '@passport/oracle';

/** What the ledger says of settlements and how they were shared out. */
export type OnLedger = {
  readonly settlements: readonly Settlement[];
  readonly distribution: Distribution;
  /** The one before; undefined of the first. */
  readonly before: Distribution | undefined;
  readonly splits: ReadonlyMap<number, MarketSplit>;
  /** Views of products, by `product version`. */
  readonly views: ReadonlyMap<string, readonly string[]>;
};

/** One thing that was compared. */
export type SettlementCheck = {
  readonly what: string;
  /** How the operator and the recomputation differ; undefined where they do not. */
  readonly difference: string | undefined;
};

/**
 * Recomputes what a settlement's distribution paid to whom, from the ledger's blocks and the operator's receipts,
 * and compares it with what the ledger has. Of the operator's word it takes the receipts, whose root is on
 * the ledger, salts, who stands for which owner, and which vehicle a buyer's reference is of. Throws HistoryError.
 */
export function checkSettlement(
  audit: SettlementAudit,
  on: OnLedger,
  history: History,
): SettlementCheck[] {
  const { distribution } = on;
  const checks = on.settlements.map((settlement) => receiptsOf(settlement, audit));
  const answers = answersIn(audit.sold).map((answer) => {
    const views = on.views.get(`${answer.receipt.product} ${answer.receipt.productVersion}`) ?? [];
    const made = madeOf(answer, views, audit.vehicles);
    const at = { block: answer.receipt.block, epochBlocks: audit.epochBlocks };
    return { paid: answer.paid, told: contributorsOf(history, made, at) };
  });
  const sources = weightsTogether(answers.map(({ paid, told }) => ({ paid, told: told.sources })));
  const owners = weightsTogether(answers.map(({ paid, told }) => ({ paid, told: told.owners })));
  const { file } = audit;
  checks.push(compare('weights of sources', weightsIn(file?.sources ?? [], 'mspId'), sources));
  const shared = shareAmounts({
    taken: takenIn(on),
    carried: microOf(on.before?.carried?.amount ?? amountOf(0n)),
    sources,
    members: membersOf(distribution),
  });
  checks.push(compare('paid to sources', legsAs(distribution, 'source'), shared.sources));
  checks.push(compare('paid to members', legsAs(distribution, 'member'), shared.members));
  const operator = new Map([[distribution.operator as string, shared.operator]]);
  checks.push(compare('paid to the operator', legsAs(distribution, 'operator'), operator));
  checks.push(same('owners together', distribution.owners, String(shared.owners)));
  const carried = distribution.carried?.amount ?? '0';
  checks.push(same('carried', carried, String(shared.carried)));
  return [...checks, ...ownersIn(audit, on, owners, shared.owners)];
}

/** The receipts of a settlement: those under its root, each of the request that it names. */
function receiptsOf(
  { number, receipts }: Settlement,
  { sold }: Pick<SettlementAudit, 'sold'>,
): SettlementCheck {
  const lines = sold.find(({ settlement }) => settlement === number)?.lines ?? [];
  const { root } = receiptsTree(lines.map(({ receipt }) => receiptLeaf(receipt)));
  const sum = lines.reduce((all, { receipt }) => all + microOf(receipt.price), 0n);
  const isAsked = lines.every(({ receipt, asked }) => digestOf(bytesOf(asked)) === receipt.request);
  const theirs = { count: lines.length, isAsked, root, sum: amountOf(sum) };
  return same(
    `receipts of settlement ${number}`,
    canonicalJson(theirs),
    canonicalJson({ ...receipts, isAsked: true }),
  );
}

/** Owners: what each has earned, and the root of what all ever have. */
function ownersIn(
  { file, before }: SettlementAudit,
  { distribution, before: earlier }: OnLedger,
  weights: Amounts,
  part: bigint,
): SettlementCheck[] {
  const old = new Map(before.map(({ ref, total: all }) => [ref, microOf(all)]));
  const waiting = old.get(UNASSIGNED) ?? 0n;
  old.delete(UNASSIGNED);
  const earned =
    total(weights) === 0n
      ? new Map(part + waiting > 0n ? [[UNASSIGNED, part + waiting]] : [])
      : splitAmount(part + waiting, weights);
  const totals = new Map([...old, ...earned]);
  for (const [ref, micro] of earned) totals.set(ref, (old.get(ref) ?? 0n) + micro);
  const told = new Map((file?.owners ?? []).map(({ ref, total: all }) => [ref, microOf(all)]));
  return [
    compare('totals of owners', told, totals),
    same(
      'root of the owners before',
      rootOf(before),
      earlier === undefined ? rootOf([]) : canonicalJson(earlier.root),
    ),
    same('root of the owners', rootOf(file?.owners ?? []), canonicalJson(distribution.root)),
  ];
}

function rootOf(owners: readonly OwnerEntry[]): string {
  const shares = owners
    .filter(({ total: all }) => microOf(all) > 0n)
    .map(({ holder, total: amount, salt }) => ({ holder, amount, salt }));
  return canonicalJson(ownersRootOf(ownersTree(inLeafOrder(shares)), shares.length));
}

type Answer = SoldLine & { readonly paid: bigint };

/** Sales by answer: what was asked, and at which block. */
function answersIn(sold: SettlementAudit['sold']): Answer[] {
  const answers = new Map<string, Answer>();
  for (const line of sold.flatMap(({ lines }) => lines)) {
    const { product, productVersion, kind, block, request, price } = line.receipt;
    const name = JSON.stringify([product, productVersion, kind, block, request]);
    const paid = (answers.get(name)?.paid ?? 0n) + microOf(price);
    answers.set(name, { ...line, paid });
  }
  return [...answers.values()];
}

/** What an answer was made of, by the request that its receipt names. */
function madeOf(
  { receipt: { kind }, asked }: SoldLine,
  views: readonly string[],
  vehicles: SettlementAudit['vehicles'],
): AnswerMade {
  const request = JSON.parse(asked) as Readonly<Record<string, JsonValue>>;
  const text = (name: string): string => {
    const value = request[name];
    return typeof value === 'string' ? value : '';
  };
  const [path, search, named] = [text('path'), text('search'), text('vid')];
  const view = /^\/v1\/released\/([^/]+)$/.exec(path)?.[1];
  if (kind === 'view' && view !== undefined) {
    return { of: 'query', question: readReleasedQuery(view, new URLSearchParams(search)) };
  }
  if (kind === 'sql') {
    const words = new Set(text('sql').toLowerCase().split(/\W+/));
    const read = views.filter((one) => words.has(`released_${one}`));
    return { of: 'views', views: read.length > 0 ? read : views };
  }
  if (kind === 'vehicle' && path === '/v1/driving') {
    const references = Array.isArray(request['vehicles']) ? request['vehicles'] : [];
    const vids = references.flatMap((one: JsonValue) =>
      typeof one === 'string' ? (vehicles[one] ?? []) : [],
    );
    return { of: 'driving', vids, from: text('from'), to: text('to') };
  }
  const vid = named === '' ? /^\/v1\/vehicles\/([^/]+)/.exec(path)?.[1] : named;
  return kind === 'vehicle' && vid !== undefined ? { of: 'vehicle', vid } : { of: 'views', views };
}

function takenIn({ settlements, splits }: OnLedger) {
  const sums = new Map<number, bigint>();
  for (const { version, amount } of settlements.flatMap(({ bySplit }) => bySplit)) {
    sums.set(version, (sums.get(version) ?? 0n) + microOf(amount));
  }
  return [...sums].map(([version, micro]) => {
    const parts = splits.get(version);
    if (parts === undefined) throw new Error(`the ledger has no version ${version} of the split`);
    return { micro, parts };
  });
}

/** Those that got something as members: who was active then, no block is asked for. */
function membersOf({ legs }: Distribution): string[] {
  return legs.filter(({ as }) => as === 'member').map(({ to }) => to.slice('org:'.length));
}

function legsAs({ legs }: Distribution, as: string): Amounts {
  const own = legs.filter((leg) => leg.as === as);
  return new Map(own.map(({ to, amount }) => [to.slice('org:'.length), microOf(amount)]));
}

function weightsIn<Name extends string>(
  list: readonly (Readonly<Record<Name, string>> & { readonly weight: string })[],
  name: Name,
): Amounts {
  return new Map(list.map((each) => [each[name], BigInt(each.weight)]));
}

/** Compares amounts by name; who has nothing need not be there. */
function compare(what: string, theirs: Amounts, ours: Amounts): SettlementCheck {
  for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
    const [left, right] = [theirs.get(name) ?? 0n, ours.get(name) ?? 0n];
    if (left === right) continue;
    return { what, difference: `${name}: ${left}, recomputed ${right}` };
  }
  return { what, difference: undefined };
}

function same(what: string, theirs: string, ours: string): SettlementCheck {
  const difference = theirs === ours ? undefined : `${theirs}, recomputed ${ours}`;
  return { what, difference };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** So much goes from one place to another. */
export type Flow = { readonly from: string; readonly to: string; readonly value: bigint };

/** A place of a picture: what goes through it, in pixels. */
export type SankeyNode = {
  readonly name: string;
  readonly value: bigint;
  /** Counts from the left. */
  readonly column: number;
  readonly y: number;
  readonly height: number;
};

/** A flow of a picture: where its middle leaves and arrives, and how thick it is, in pixels. */
export type SankeyLink = Flow & {
  readonly fromY: number;
  readonly toY: number;
  readonly thickness: number;
};

/** A picture's geometry. */
export type SankeyLayout = {
  readonly columns: number;
  readonly height: number;
  readonly nodes: readonly SankeyNode[];
  readonly links: readonly SankeyLink[];
};

/** Pixels between two places of a column, and of the highest column without them. */
const GAP = 26;
const FILLED = 240;

/**
 * Lays flows out: each place is as high as what goes in, or out if that is more, and all by one scale. Flows of nothing are left
 * out. Throws RangeError where flows go in a circle or are negative.
 */
export function layOutSankey(all: readonly Flow[]): SankeyLayout {
  if (all.some(({ value }) => value < 0n)) throw new RangeError('a flow is negative');
  const flows = all.filter(({ value }) => value > 0n);
  const names = [...new Set(flows.flatMap(({ from, to }) => [from, to]))];
  const columnOf = columnsOf(names, flows);
  const values = new Map(names.map((name) => [name, throughOf(name, flows)]));
  const columns = Math.max(0, ...names.map((name) => (columnOf.get(name) ?? 0) + 1));
  const byColumn = Array.from({ length: columns }, (_, column) =>
    names.filter((name) => columnOf.get(name) === column),
  );
  const most = byColumn.reduce((max, column) => {
    const sum = column.reduce((total, name) => total + (values.get(name) ?? 0n), 0n);
    return sum > max ? sum : max;
  }, 0n);
  const pixels = (value: bigint): number =>
    most === 0n ? 0 : (Number(value) / Number(most)) * FILLED;
  const gaps = Math.max(0, ...byColumn.map((column) => column.length - 1));
  const height = most === 0n ? 0 : FILLED + gaps * GAP;
  const nodes = byColumn.flatMap((column, place) => {
    const used =
      column.reduce((sum, name) => sum + pixels(values.get(name) ?? 0n), 0) +
      (column.length - 1) * GAP;
    let y = (height - used) / 2;
    return column.map((name): SankeyNode => {
      const value = values.get(name) ?? 0n;
      const node = { name, value, column: place, y, height: pixels(value) };
      y += node.height + GAP;
      return node;
    });
  });
  return { columns, height, nodes, links: linksOf(flows, nodes, pixels) };
}

/** Flows leave and arrive below each other, in the order of the places at their other end. */
function linksOf(
  flows: readonly Flow[],
  nodes: readonly SankeyNode[],
  pixels: (value: bigint) => number,
): SankeyLink[] {
  const topOf = new Map(nodes.map(({ name, y }) => [name, y]));
  const offsets = (end: 'from' | 'to', other: 'from' | 'to'): Map<Flow, number> => {
    const next = new Map(topOf);
    const at = new Map<Flow, number>();
    const inOrder = flows.toSorted(
      (a, b) => (topOf.get(a[other]) ?? 0) - (topOf.get(b[other]) ?? 0),
    );
    for (const flow of inOrder) {
      const y = next.get(flow[end]) ?? 0;
      at.set(flow, y + pixels(flow.value) / 2);
      next.set(flow[end], y + pixels(flow.value));
    }
    return at;
  };
  const [leaves, arrives] = [offsets('from', 'to'), offsets('to', 'from')];
  return flows.map((flow) => ({
    ...flow,
    fromY: leaves.get(flow) ?? 0,
    toY: arrives.get(flow) ?? 0,
    thickness: pixels(flow.value),
  }));
}

/** What goes through a place: in, or out if that is more. */
function throughOf(name: string, flows: readonly Flow[]): bigint {
  let [into, out] = [0n, 0n];
  for (const { from, to, value } of flows) {
    if (to === name) into += value;
    if (from === name) out += value;
  }
  return into > out ? into : out;
}

/** Each place is right of all that flows into it. */
function columnsOf(names: readonly string[], flows: readonly Flow[]): Map<string, number> {
  const columns = new Map(names.map((name) => [name, 0]));
  for (let round = 0; round <= names.length; round += 1) {
    let isStill = true;
    for (const { from, to } of flows) {
      const next = (columns.get(from) ?? 0) + 1;
      if ((columns.get(to) ?? 0) >= next) continue;
      columns.set(to, next);
      isStill = false;
    }
    if (isStill) return columns;
  }
  throw new RangeError('the flows go in a circle');
}

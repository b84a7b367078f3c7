/** Words of the live page. */
export const live = {
  title: 'Live',
  lead: 'What all cars have told, as it is released: each number is of whole batches of ten vehicles of five owners or more. Nobody sees anything newer, and nobody anything finer.',
  block: 'block',
  height: 'Height',
  releasedTo: 'Released up to',
  ledgerTime: 'Ledger time',
  unknown: 'not known',
  connection: {
    still: 'As of when the page was made; it moves when scripts run.',
    opening: 'Connecting …',
    live: 'Live',
    lost: 'The connection was lost. It is tried again by itself; the numbers stand as they were.',
    offline: 'You are offline. The numbers stand as they were, and move on once you are back.',
    quiet: 'Connected. No new block for a while: the ledger may be quiet.',
    stalled: 'Connected, but answers do not move on',
  },
  empty:
    'Nothing was released yet. The first numbers come when ten vehicles of five owners have told something within an epoch.',
  away: 'The API does not answer. The page tries again by itself.',
  windows: {
    title: 'Rolling windows of ledger time',
    hint: 'What was released within them, up to the newest release.',
    names: { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days' } as Readonly<
      Record<string, string>
    >,
    events: 'events',
    trips: 'trips',
    km: 'km driven',
    releases: 'releases',
    batches: 'batches',
    partial: 'since the oldest release that is known: the window began before it',
  },
  series: {
    title: 'Releases as they come',
    hint: 'Each bar is one epoch’s release, the newest right.',
    chart: 'Events by release',
    says: (block: string, time: string, events: string, km: string) =>
      `Block ${block}, ${time}: ${events} events, ${km} km`,
    describe: (count: number, most: string) =>
      `${count} releases; the largest has ${most} events. The table below has the newest.`,
    from: 'oldest: block',
    to: 'newest: block',
    table: 'The newest releases',
    time: 'Ledger time, UTC',
    none: 'No release yet.',
  },
  map: {
    title: 'Where cars are registered',
    hint: 'No car’s place is on this map: places are not released. Ends of trips are coarsened and cut, and stay sealed. What is released is the region that a car’s papers name. Each is drawn as a patch of hexagons (H3 cells), as large as the region and where it is, not of its shape.',
    chart: 'Map of regions by trips released',
    describe: (count: number) => `${count} regions on a map; the table beside it has each.`,
    region: 'Region',
    any: 'not told apart',
    trips: 'Trips',
    km: 'km',
    events: 'Events',
    none: 'No region was released yet.',
    noPlace: 'No released region is known to the map; the table has them all.',
  },
  kinds: {
    title: 'What cars report',
    kind: 'Kind of event',
    events: 'Events',
  },
};

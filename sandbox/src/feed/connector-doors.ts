import { FeedHealth } from '@passport/connectors';
import { createMetrics, startHealthServer } from '@passport/runtime';

import { type Member, sources } from '../organisations.ts';

const HOST = '127.0.0.1';

/** `/metrics` of each member's connector: all run in the sandbox's process, each with a door of its own. */
export type ConnectorDoors = {
  readonly healthOf: (member: Member) => FeedHealth;
  /** Base of the door of each member that has a source. */
  readonly urls: Readonly<Partial<Record<Member, string>>>;
  readonly close: () => Promise<void>;
};

/** Opens them on free ports. */
export async function openConnectorDoors(now: () => Date): Promise<ConnectorDoors> {
  const healths = new Map<Member, FeedHealth>();
  const urls: Partial<Record<Member, string>> = {};
  const closings: (() => Promise<void>)[] = [];
  for (const member of new Set(Object.values(sources).map((source): Member => source.member))) {
    const metrics = createMetrics('connector');
    const server = await startHealthServer({
      ...{ host: HOST, port: 0, metrics, trouble: () => undefined },
    });
    healths.set(member, new FeedHealth(metrics.meter, now));
    urls[member] = `http://${HOST}:${server.port}`;
    closings.push(
      () => server.close(),
      () => metrics.close(),
    );
  }
  return {
    urls,
    healthOf: (member) => {
      const health = healths.get(member);
      if (health === undefined) throw new Error(`${member} has no source`);
      return health;
    },
    close: async () => {
      for (const close of closings) await close();
    },
  };
}

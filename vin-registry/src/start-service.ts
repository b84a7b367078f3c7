import { MemoryReplayStore, readMemberRoots, readNetworkProfile } from '@passport/ledger-client';
import { type MspId, parseMspId } from '@passport/model';
import {
  createLogger,
  createMetrics,
  type HealthServer,
  type Logger,
  type LogLevel,
  startHealthServer,
  systemNow,
} from '@passport/runtime';
import type { Hono } from 'hono';

import { AuditLog } from './audit/audit-log.ts';
import type { AppEvents } from './http/create-app.ts';
import { Gate } from './http/gate.ts';
import { listen } from './http/listen.ts';
import { IntakeLimits } from './limits/intake-limits.ts';

/** How long requests under way may take. */
export const STOP_MS = 10_000;

/** What both services are started with: {@link intakeSettings}, read. */
type IntakeConfig = {
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string | undefined;
  readonly ledgerProfile: string;
  readonly intakes?: readonly string[] | undefined;
  readonly auditFile: string;
  readonly vehiclesPerSecond: number;
  readonly vehiclesBurst: number;
  readonly vehiclesPerDay: number;
  readonly healthHost: string;
  readonly healthPort: number;
  readonly logLevel: LogLevel;
};

/** What an app is made of. */
export type ServiceParts = AppEvents & {
  readonly gate: Gate;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly channel: string;
  /** Counts vehicles that were answered for. */
  readonly countVehicles: (count: number) => void;
};

/** A started service. */
export type StartedIntakeService = {
  readonly ready: { readonly port: number; readonly health: number };
  stop(): Promise<void>;
};

/** Starts what evaluator and registry have in common, around the app of one of them. */
export async function startIntakeService(
  name: string,
  config: IntakeConfig,
  makeApp: (parts: ServiceParts) => Hono,
): Promise<StartedIntakeService> {
  const logger = createLogger({ name, level: config.logLevel });
  const profile = await readNetworkProfile(config.ledgerProfile);
  const roots = await readMemberRoots(profile);
  const audit = await AuditLog.open(config.auditFile);
  const metrics = createMetrics(name);
  const vehicles = metrics.meter.createCounter(`${name}_vehicles`, {
    description: 'vehicles that were answered for',
  });
  const refusals = metrics.meter.createCounter(`${name}_refusals`, {
    description: 'requests that were refused, by code',
  });
  let publicUrl = config.publicUrl?.replace(/\/$/, '');
  const gate = new Gate({
    proofs: { roots, now: systemNow, replays: new MemoryReplayStore(systemNow) },
    // No request comes before the port is known.
    publicUrl: () => publicUrl ?? '',
    intakes: new Set<MspId>(config.intakes?.map(parseMspId) ?? roots.keys()),
    limits: new IntakeLimits(
      {
        perSecond: config.vehiclesPerSecond,
        burst: config.vehiclesBurst,
        perDay: config.vehiclesPerDay,
      },
      systemNow,
    ),
    audit,
    now: systemNow,
  });
  const app = makeApp({
    ...{ gate, audit, logger },
    channel: profile.channel,
    countVehicles: (count) => vehicles.add(count),
    onRefused: (code) => refusals.add(1, { code }),
    onBug: (error) => logger.error({ event: `${name}.bug`, error }),
  });
  const server = await listen(app, config.host, config.port);
  publicUrl ??= `http://${config.host}:${server.port}`;
  const health: HealthServer = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => audit.trouble,
  });
  return {
    ready: { port: server.port, health: health.port },
    stop: async () => {
      await server.close();
      await health.close();
      await audit.close();
      await metrics.close();
    },
  };
}

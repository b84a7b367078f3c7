import type { CommandId, EventId } from '@passport/model';

import {
  asRegistered,
  type Command,
  type ConnectorMemory,
  type KnownVehicle,
  type Recording,
  vehiclesOf,
} from './connector-memory.ts';

/** A memory that is gone with the process: for a ledger that is gone with it as well. */
export function volatileMemory(): ConnectorMemory {
  const vehicles = new Map<string, KnownVehicle>();
  const recordings = new Map<EventId, Recording>();
  const voided = new Set<EventId>();
  const commands = new Map<CommandId, Command>();
  return {
    vehicle: (name) => vehicles.get(name),
    recording: (id) => recordings.get(id),
    isVoided: (id) => voided.has(id),
    underWay: () => [...commands.values()],
    begin: async (command) => {
      if (commands.has(command.id)) return;
      commands.set(command.id, command);
      for (const [name, vehicle] of vehiclesOf(command)) vehicles.set(name, vehicle);
    },
    finish: async (id, outcome) => {
      if (!commands.delete(id)) throw new Error(`command ${id} is not under way`);
      for (const name of outcome.registered ?? []) {
        const vehicle = vehicles.get(name);
        if (vehicle !== undefined) vehicles.set(name, asRegistered(vehicle));
      }
      for (const [event, recording] of outcome.recorded ?? []) recordings.set(event, recording);
      if (outcome.voided !== undefined) voided.add(outcome.voided);
    },
    adopt: async (adopted) => {
      for (const { name, ...vehicle } of adopted) {
        vehicles.set(name, { ...vehicle, registered: true });
      }
    },
    close: async () => undefined,
  };
}

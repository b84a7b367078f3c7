import type { EventId, EventPlace, Recorded, SourceId, Vid } from '@passport/model';

import type { LogBookWriter } from '../log-book-writer.ts';
import type {
  Command,
  ConnectorMemory,
  Outcome,
  RecordCommand,
  Recording,
} from '../memory/connector-memory.ts';
import { type Refusal, refusalOf, RecordRefused } from './record-refused.ts';

/** What a command needs to be carried out. */
export type Means = {
  readonly source: SourceId;
  readonly writer: LogBookWriter;
  readonly memory: ConnectorMemory;
};

/**
 * Makes a command's call and remembers what it came to. The command is under way in the memory before
 * and is not any more after it, also when the ledger refuses it; it stays there when nobody knows
 * whether it happened. Throws {@link RecordRefused} and what the writer throws.
 */
export async function carryOut(command: Command, means: Means): Promise<Outcome> {
  const outcome = await outcomeOf(command, means);
  await means.memory.finish(command.id, outcome);
  return outcome;
}

async function outcomeOf(command: Command, means: Means): Promise<Outcome> {
  try {
    return await call(command, means);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    // Somebody voided the event by hand: what was to be done is done.
    if (command.type === 'void' && refusal.code === 'EVENT_VOIDED')
      return { voided: command.event };
    await means.memory.finish(command.id, {});
    const [what, event] = blamed(command, refusal);
    throw new RecordRefused(what, refusal, event, error);
  }
}

async function call(command: Command, { source, writer }: Means): Promise<Outcome> {
  switch (command.type) {
    case 'register': {
      const vehicles = command.vehicles.map(({ name: _, ...vehicle }) => vehicle);
      await writer.registerVehicles(command.id, vehicles);
      return { registered: command.vehicles.map(({ name }) => name) };
    }
    case 'record': {
      const recorded = await writer.recordEvents(command.id, command.events);
      return { recorded: placesOf(command, recorded, source) };
    }
    case 'void': {
      const { id, event, vid, at, place, reason } = command;
      await writer.voidEvent(id, { id: event, vid, at, event: place, reason });
      return { voided: event };
    }
  }
}

/** An event's index counts the events of its vehicle in the batch. */
function placesOf(
  { events }: RecordCommand,
  { entries }: Recorded,
  source: SourceId,
): [EventId, Recording][] {
  const indexes = new Map<Vid, number>();
  return events.map(({ id, vid }) => {
    const entry = entries[vid];
    if (entry === undefined) throw new Error(`the ledger does not say where ${id} is`);
    const index = indexes.get(vid) ?? 0;
    indexes.set(vid, index + 1);
    const place: EventPlace = { source, entry, index };
    return [id, { vid, place }];
  });
}

function blamed(command: Command, { item }: Refusal): [what: string, event: EventId | undefined] {
  switch (command.type) {
    case 'register': {
      const vehicle = command.vehicles[item ?? 0];
      return [`vehicle ${vehicle?.name ?? '?'} was not registered`, undefined];
    }
    case 'record': {
      const event = command.events[item ?? 0];
      const which = item === undefined ? 'a batch that begins with event' : 'event';
      return [`${which} ${event?.id ?? '?'} was not recorded`, event?.id];
    }
    case 'void':
      return [`event ${command.event} was not recorded`, command.event];
  }
}

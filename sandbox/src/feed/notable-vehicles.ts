import type { LogBookWriter } from '@passport/connectors';
import type { EventInput, Vid } from '@passport/model';

/** Vehicles that are worth showing. */
export type NotableVehicles = {
  /** Its odometer went down. */
  readonly rolledBack: Vid | null;
  /** It had an incident. */
  readonly damaged: Vid | null;
  /** It drove. */
  readonly driven: Vid | null;
};

/** None found yet. */
export const noVehicles: NotableVehicles = { rolledBack: null, damaged: null, driven: null };

/** Looks for vehicles worth showing among the events that a writer records. */
export class VehicleScout {
  #found: NotableVehicles;

  constructor(found: NotableVehicles) {
    this.#found = found;
  }

  get found(): NotableVehicles {
    return this.#found;
  }

  /** The writer, watched. */
  watch(writer: LogBookWriter): LogBookWriter {
    // Sources come one after the other, so only readings of one of them are in the order of their days.
    const latestKm = new Map<Vid, number>();
    return {
      ...writer,
      recordEvents: async (commandId, events) => {
        const recorded = await writer.recordEvents(commandId, events);
        for (const event of events) this.#see(event, latestKm);
        return recorded;
      },
    };
  }

  #see({ vid, kind, odometerKm, id }: EventInput, latestKm: Map<Vid, number>): void {
    const { rolledBack, damaged, driven } = this.#found;
    if (kind === 'trip') this.#found = { ...this.#found, driven: driven ?? vid };
    if (kind === 'incident') this.#found = { ...this.#found, damaged: damaged ?? vid };
    if (odometerKm === undefined) return;
    const before = latestKm.get(vid);
    // A corrected report reads lower because it corrects: that is no rollback.
    const isCorrection = /[:.-]v\d+$/.test(id) && !/[:.-]v1$/.test(id);
    if (before !== undefined && odometerKm < before && !isCorrection) {
      this.#found = { ...this.#found, rolledBack: rolledBack ?? vid };
    }
    latestKm.set(vid, odometerKm);
  }
}

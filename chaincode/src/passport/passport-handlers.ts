import type { passportContract } from '@passport/model';

import type { Handlers } from '../transaction/contract-class.ts';
import { actOnLifeCycle } from './life-cycle-acts.ts';
import { assignOwner, transferOwnership } from './ownership.ts';
import { findHead } from './passport-state.ts';
import { readLogBook, readVehicle } from './read-log-book.ts';
import { recordEvents } from './record-events.ts';
import { registerVehicles } from './register-vehicles.ts';
import { replaceOdometer } from './replace-odometer.ts';
import { voidEvent } from './void-event.ts';

/** Contract `Passport`. */
export const passportHandlers: Handlers<typeof passportContract> = {
  registerVehicles,
  recordEvents: (tx, { source, events }) => recordEvents(tx, source, events),
  appraise: (tx, { source, event }) => actOnLifeCycle(tx, 'appraised', source, event),
  declareWreck: (tx, { source, event }) => actOnLifeCycle(tx, 'wreck-declared', source, event),
  recordRepair: (tx, { source, event }) => actOnLifeCycle(tx, 'repaired', source, event),
  liftWreck: (tx, { source, event }) => actOnLifeCycle(tx, 'wreck-lifted', source, event),
  recordExport: (tx, { source, event }) => actOnLifeCycle(tx, 'exported', source, event),
  recordReturn: (tx, { source, event }) => actOnLifeCycle(tx, 'returned', source, event),
  scrap: (tx, { source, event }) => actOnLifeCycle(tx, 'scrapped', source, event),
  replaceOdometer: (tx, { source, event, formerOdometerKm }) =>
    replaceOdometer(tx, source, event, formerOdometerKm),
  voidEvent,
  assignOwner: (tx, { vid, owner }) => assignOwner(tx, vid, owner),
  transferOwnership,
  readVehicle: (tx, { vid }) => readVehicle(tx, vid),
  readLogBook: (tx, { vid }) => readLogBook(tx, vid),
  readHead: async (tx, { vid, source }) => (await findHead(tx, vid, source)) ?? null,
};

import { type Context, Contract } from 'fabric-contract-api';

import { canonicalJson } from './canonical-json.ts';
import { parsePastDay } from './day.ts';
import { logBookOf, recordMileage, register } from './log-book.ts';
import { parseOdometerKm, parseReadingId } from './mileage.ts';
import { PassportError } from './passport-error.ts';
import {
  bytesOf,
  findHead,
  readHead,
  readReadings,
  writeHead,
  writeReading,
} from './passport-state.ts';
import { parseVid } from './vid.ts';

/**
 * The log book of every vehicle. The organisation that submits is the source of what it writes.
 * Each transaction sets one event, whose payload is the entry that it wrote, as canonical JSON.
 */
export class PassportContract extends Contract {
  constructor() {
    super('Passport');
  }

  /**
   * Registers a vehicle; `day` is when it came into use. Answers the registration and sets the
   * event `VehicleRegistered`. Reads and writes the vehicle's head. Throws PassportError.
   */
  async registerVehicle(context: Context, vidText: string, dayText: string): Promise<string> {
    const { stub } = context;
    const vid = parseVid(vidText);
    const day = parsePastDay(dayText, stub.getDateTimestamp());
    if ((await findHead(stub, vid)) !== undefined) {
      throw new PassportError('PASSPORT_VEHICLE_KNOWN', `vehicle ${vid} is registered already`);
    }
    const head = register(vid, day, context.clientIdentity.getMSPID());
    await writeHead(stub, head);
    stub.setEvent('VehicleRegistered', bytesOf(head.registration));
    return canonicalJson(head.registration);
  }

  /**
   * Records a mileage reading: the source's own id for it, the odometer in whole kilometres, the
   * day. Answers the entry and sets the event `MileageRecorded`. Reads the vehicle's head and
   * nothing else; writes the head and one new key. Throws PassportError.
   */
  async recordMileage(
    context: Context,
    vidText: string,
    id: string,
    odometerKm: string,
    dayText: string,
  ): Promise<string> {
    const { stub } = context;
    const vid = parseVid(vidText);
    const reading = {
      id: parseReadingId(id),
      odometerKm: parseOdometerKm(odometerKm),
      day: parsePastDay(dayText, stub.getDateTimestamp()),
      source: context.clientIdentity.getMSPID(),
    };
    const { entry, head } = recordMileage(await readHead(stub, vid), reading);
    await writeReading(stub, entry);
    await writeHead(stub, head);
    stub.setEvent('MileageRecorded', bytesOf(entry));
    return canonicalJson(entry);
  }

  /**
   * Answers the vehicle's log book as a timeline by day. Reads the head and the vehicle's
   * readings; writes nothing. Throws PassportError.
   */
  async readLogBook(context: Context, vidText: string): Promise<string> {
    const vid = parseVid(vidText);
    const head = await readHead(context.stub, vid);
    return canonicalJson(logBookOf(head, await readReadings(context.stub, vid)));
  }
}

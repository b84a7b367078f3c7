import { parseDay, sealClear, type Vehicle } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';

let consortium: TestConsortium;
beforeAll(async () => {
  consortium = await TestConsortium.found();
});

function register(vehicles: readonly object[]) {
  const request = { source: 'MakerMSP/main', vehicles };
  return consortium.submit('MakerMSP', 'Passport', 'registerVehicles', request);
}

const day = parseDay('2021-05-06');

describe('registering vehicles', () => {
  test('by a ticket each, with an owner', async () => {
    const owner = makeKey();
    const [one, other] = [consortium.newVid(), consortium.newVid()];
    const { answer } = await register([
      { ticket: await consortium.ticket(one), day, owner: owner.keyId },
      { ticket: await consortium.ticket(other), day, generated: true },
    ]);
    expect(answer).toEqual({ vids: [one, other] });
    const vehicle = (await consortium.evaluate('Passport', 'readVehicle', { vid: one })) as Vehicle;
    expect(vehicle).toMatchObject({
      registration: { vid: one, day, registeredBy: 'MakerMSP', ticket: `ticket-${one}` },
      lifeCycle: { state: 'in-service' },
      owner: { keyId: owner.keyId, ownerEpoch: 1 },
    });
  });

  test('with the papers, in one class and a suite that is allowed', async () => {
    const vid = consortium.newVid();
    const sealed = sealClear({ 'Vehicle.VehicleIdentification.Brand': 'Seat' });
    await register([{ ticket: await consortium.ticket(vid), day, sealed }]);
    const { registration } = (await consortium.evaluate('Passport', 'readVehicle', {
      vid,
    })) as Vehicle;
    expect(registration.sealed).toEqual(sealed);
    const ticket = await consortium.ticket(consortium.newVid());
    for (const [code, papers] of [
      ['FIELD_CLASS_UNKNOWN', sealClear({ 'Vehicle.TripDuration': 1 })],
      ['SUITE_NOT_ALLOWED', { ownership: 'CQAA' }],
    ] as const) {
      const error = await expectRefusal(consortium, code, () =>
        register([{ ticket, day, sealed: papers }]),
      );
      expect(error.pointer).toMatch(/^\/vehicles\/0\/sealed/);
    }
  });

  test('a ticket is used up, and a vid is registered once', async () => {
    const vid = await consortium.register();
    const again = await consortium.ticket(vid);
    await expectRefusal(consortium, 'VEHICLE_KNOWN', () => register([{ ticket: again, day }]));
    const other = await consortium.ticket(consortium.newVid(), { jti: `ticket-${vid}` });
    await expectRefusal(consortium, 'TICKET_USED', () => register([{ ticket: other, day }]));
  });

  test('of two that use one ticket at once, one is valid', async () => {
    const vid = consortium.newVid();
    const ticket = await consortium.ticket(vid);
    const endorse = () =>
      consortium.endorse('MakerMSP', 'Passport', 'registerVehicles', {
        source: 'MakerMSP/main',
        vehicles: [{ ticket, day }],
      });
    const [first, second] = [await endorse(), await endorse()];
    expect([first.commit(), second.commit()]).toEqual([true, false]);
  });

  test('one bad vehicle refuses the batch, and the error points to it', async () => {
    const good = await consortium.ticket(consortium.newVid());
    const vid = await consortium.register();
    const error = await expectRefusal(consortium, 'VEHICLE_KNOWN', async () =>
      register([
        { ticket: good, day },
        { ticket: await consortium.ticket(vid), day },
      ]),
    );
    expect(error.pointer).toBe('/vehicles/1');
  });

  test.each([
    ['of another channel', 'COMMAND_TARGET_WRONG', { aud: 'other' }],
    ['that has expired', 'COMMAND_EXPIRED', { exp: 1_700_000_000 }],
    ['of a source that is no registry', 'ROLE_MISSING', { iss: 'GarageMSP/main' }],
    ['of an unknown source', 'SOURCE_UNKNOWN', { iss: 'GarageMSP/none' }],
    ['of an unknown member', 'MEMBER_UNKNOWN', { iss: 'NobodyMSP/none' }],
    ['with a member too many', 'COMMAND_MALFORMED', { vin: 'WVWZZZ1JZXW000001' }],
  ] as const)('a ticket %s is refused', async (_, code, claims) => {
    const ticket = await consortium.ticket(consortium.newVid(), claims);
    await expectRefusal(consortium, code, () => register([{ ticket, day }]));
  });

  test('a ticket that somebody else signed is refused, and one that was changed', async () => {
    const foreign = await consortium.ticket(consortium.newVid(), {}, makeKey());
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () =>
      register([{ ticket: foreign, day }]),
    );
    const [header, , signature] = (await consortium.ticket(consortium.newVid())).split('.');
    const [, payload] = (await consortium.ticket(consortium.newVid())).split('.');
    const changed = [header, payload, signature].join('.');
    await expectRefusal(consortium, 'COMMAND_SIGNATURE_INVALID', () =>
      register([{ ticket: changed, day }]),
    );
  });

  test('the bank registers nothing', async () => {
    const vehicles = [{ ticket: await consortium.ticket(consortium.newVid()), day }];
    await expectRefusal(consortium, 'ROLE_MISSING', () =>
      consortium.submit('BankMSP', 'Passport', 'registerVehicles', {
        source: 'BankMSP/main',
        vehicles,
      }),
    );
  });
});

import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { generateSigningKey, signCommand } from '@passport/ledger-client';
import { type EventInput, parseDay, parseEventId, sealClear, type Vid } from '@passport/model';
import { describe, expect, test } from 'vitest';

import type { CurrentFixture } from '../../fixture.ts';
import type { CurrentPassport } from '../../passport-network.ts';
import { expectRefused } from './refused.ts';

let ids = 0;

function trip(vid: Vid, more: Partial<EventInput> = {}): EventInput {
  ids += 1;
  return {
    id: parseEventId(`trip-${ids}`),
    vid,
    kind: 'trip',
    at: parseDay('2026-01-10'),
    method: 'connected-car',
    sealed: sealClear({ 'Vehicle.TripMeterReading': 12_345 }),
    ...more,
  };
}

/** The log book, as its clients see it. */
export function describeLogBooks(current: CurrentPassport, network: CurrentFixture): void {
  describe('log books', () => {
    test('a batch is one transaction whose write set holds a head and an entry a vehicle', async () => {
      const { members, commandId } = bound(current());
      const { user, source } = members.MakerMSP;
      const vids = await current().registerVehicles(3);
      const events = vids.flatMap((vid) => [trip(vid), trip(vid)]);
      const { blockNumber, answer } = await user.passport.recordEvents({
        ...{ commandId: commandId(), source, events },
      });
      expect(answer.events).toBe(6);
      const types = writtenTypes(await network().block(Number(blockNumber)));
      expect(types).toEqual({ command: 1, head: 3, log: 3 });
    });

    test('what is recorded is read back by every member', async () => {
      const { members, commandId } = bound(current());
      const [vid] = await current().registerVehicles(1);
      if (vid === undefined) throw new Error('no vehicle was registered');
      const { user, source } = members.MakerMSP;
      await user.passport.recordEvents({
        commandId: commandId(),
        source,
        events: [trip(vid, { odometerKm: 90_000 })],
      });
      await user.passport.recordEvents({
        commandId: commandId(),
        source,
        events: [trip(vid, { odometerKm: 40_000, at: parseDay('2026-02-01') })],
      });
      const books = await Promise.all(
        Object.values(members).map(({ user: reader }) => reader.passport.readLogBook({ vid })),
      );
      expect(books[1]).toEqual(books[0]);
      expect(books[2]).toEqual(books[0]);
      expect(books[0]?.events.map(({ flags }) => flags)).toEqual([
        [],
        ['odometer-lower-than-before'],
      ]);
    });

    test('two sources that write the same vehicles at once do not conflict', async () => {
      const { members, commandId } = bound(current());
      const vids = await current().registerVehicles(20);
      const write = async ({ user, source }: (typeof members)['MakerMSP']): Promise<number> => {
        const events = vids.map((vid) => trip(vid));
        return (await user.passport.recordEvents({ commandId: commandId(), source, events }))
          .attempts;
      };
      const attempts = await Promise.all([write(members.MakerMSP), write(members.InsurerMSP)]);
      expect(attempts).toEqual([1, 1]);
    });

    test('a command sent again answers the same and writes nothing', async () => {
      const { members, commandId } = bound(current());
      const [vid] = await current().registerVehicles(1);
      if (vid === undefined) throw new Error('no vehicle was registered');
      const { user, source } = members.MakerMSP;
      const request = { commandId: commandId(), source, events: [trip(vid)] };
      const first = await user.passport.recordEvents(request);
      const again = await user.passport.recordEvents(request);
      expect(again.answer).toEqual(first.answer);
      expect(writtenTypes(await network().block(Number(again.blockNumber)))).toEqual({});
      await expectRefused(
        user.passport.recordEvents({ ...request, events: [trip(vid)] }),
        'COMMAND_ID_REUSED',
      );
    });

    test('one bad event refuses the batch by its name', async () => {
      const { members, commandId } = bound(current());
      const [vid] = await current().registerVehicles(1);
      if (vid === undefined) throw new Error('no vehicle was registered');
      const { user, source } = members.MakerMSP;
      const late = trip(vid, { at: parseDay('2999-01-01') });
      const request = { commandId: commandId(), source, events: [trip(vid), late] };
      const { message } = await expectRefused(user.passport.recordEvents(request), 'DAY_IN_FUTURE');
      expect(message).toContain(late.id);
      expect((await user.passport.readLogBook({ vid })).events).toEqual([]);
    });

    test('a wreck is declared, not sold, repaired, and lifted by another expert', async () => {
      const { members, commandId, channel } = bound(current());
      const [seller, buyer] = [await generateSigningKey(), await generateSigningKey()];
      const [vid] = await current().registerVehicles(1, seller.keyId);
      if (vid === undefined) throw new Error('no vehicle was registered');
      const act = (mspId: 'InsurerMSP' | 'GarageMSP', name: Act): Promise<unknown> => {
        const { user, source } = members[mspId];
        ids += 1;
        return user.passport[name]({
          commandId: commandId(),
          source,
          event: {
            id: parseEventId(`act-${ids}`),
            vid,
            at: parseDay('2026-03-01'),
            method: 'expert',
          },
        });
      };
      await act('InsurerMSP', 'appraise');
      await act('InsurerMSP', 'declareWreck');
      const id = commandId();
      const order = {
        ...{ channel, functionName: 'Passport:transferOwnership', target: vid, id },
        expiresAt: new Date(Date.now() + 600_000),
      };
      const handOver = async (): Promise<{ readonly ownerEpoch: number }> => {
        const { answer } = await members.GarageMSP.user.passport.transferOwnership({
          commandId: commandId(),
          seller: await signCommand(seller, { ...order, args: { to: buyer.keyId } }),
          buyer: await signCommand(buyer, { ...order, args: { from: seller.keyId } }),
        });
        return answer;
      };
      await expectRefused(handOver(), 'VEHICLE_NOT_TRANSFERABLE');
      await act('GarageMSP', 'recordRepair');
      await expectRefused(act('InsurerMSP', 'liftWreck'), 'EXPERT_NOT_INDEPENDENT');
      await act('GarageMSP', 'liftWreck');
      expect(await handOver()).toEqual({ vid, ownerEpoch: 2 });
    });

    test('an unknown vehicle, a foreign source, a wrong role: each has its code', async () => {
      const { members, commandId } = bound(current());
      const [vid] = await current().registerVehicles(1);
      if (vid === undefined) throw new Error('no vehicle was registered');
      const { user, source } = members.MakerMSP;
      const record = (events: EventInput[], as = source): Promise<unknown> =>
        user.passport.recordEvents({ commandId: commandId(), source: as, events });
      const unknown = 'zzzzzzzzzzzzzzzzzzzzzzzzzy' as Vid;
      await expectRefused(record([trip(unknown)]), 'VEHICLE_UNKNOWN');
      await expectRefused(record([trip(vid)], members.GarageMSP.source), 'SOURCE_FOREIGN');
      await expectRefused(record([trip(vid, { kind: 'inspection' })]), 'KIND_NOT_ALLOWED');
      await expectRefused(record([]), 'BATCH_EMPTY');
      await expectRefused(record(Array.from({ length: 501 }, () => trip(vid))), 'BATCH_TOO_LARGE');
    });
  });
}

type Act = 'appraise' | 'declareWreck' | 'recordRepair' | 'liftWreck';

function bound(passport: ReturnType<CurrentPassport>) {
  const { members, channel } = passport;
  return { members, channel, commandId: () => passport.commandId() };
}

/** How many keys of each type the block's transactions write in the contracts' namespace. */
function writtenTypes(block: common.Block): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const bytes of block.getData()?.getDataList_asU8() ?? []) {
    for (const key of writtenKeys(bytes)) {
      // A composite key begins with a zero byte, and another one ends its type.
      const [, type = ''] = key.split('\0');
      counts[type] = (counts[type] ?? 0) + 1;
    }
  }
  return counts;
}

function writtenKeys(envelopeBytes: Uint8Array): string[] {
  const envelope = common.Envelope.deserializeBinary(envelopeBytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(
    action?.getPayload_asU8() ?? new Uint8Array(),
  );
  const response = peer.ProposalResponsePayload.deserializeBinary(
    actionPayload.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array(),
  );
  const results = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  return ledger.rwset.TxReadWriteSet.deserializeBinary(results.getResults_asU8())
    .getNsRwsetList()
    .filter((set) => set.getNamespace() === 'passport')
    .flatMap((set) =>
      ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8())
        .getWritesList()
        .map((write) => write.getKey()),
    );
}

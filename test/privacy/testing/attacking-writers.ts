import { importSigningKey, signCommand } from '@passport/ledger-client';
import { instantOf, type Sealed, type SealedField } from '@passport/model';
import { madeUpVin } from '@passport/sandbox';
import { beforeAll, describe, expect, test } from 'vitest';

import { type Car, codeOf, registerCar, write } from './cars.ts';
import { grant, relay, revoke, terms, viewOf } from './consent.ts';
import { reached, readAsMember, readAsPerson, readAsWallet, signerOf } from './reading.ts';
import type { World } from './start-world.ts';

const DAY_MS = 86_400_000;
const TEST_MS = 120_000;

/** Whoever signs or seals what is not right. */
export function attackingWriters(theWorld: () => World): void {
  describe('who writes what is not right', { timeout: TEST_MS }, () => {
    let world: World;
    let car: Car;
    beforeAll(async () => {
      world = theWorld();
      car = await registerCar(world, { vin: madeUpVin('written about') });
    }, TEST_MS);

    test('a grant that was revoked comes back neither as it was nor under its name', async () => {
      const granted = await grant(world, car, 'GarageMSP', terms(world, 'garage-visit'));
      await revoke(world, car, granted);
      // It was executed: again it does nothing.
      await relay(world, granted.commands);
      const { grants } = await viewOf(world, car);
      expect(grants.map(({ grantId, revokedAt }) => [grantId, revokedAt !== null])).toEqual([
        [granted.grantId, true],
      ]);
      const [made] = grants;
      const again = await signCommand(
        await importSigningKey(car.owner.wallet.signingKey(car.owner.keyId)),
        {
          ...{ channel: channelOf(world), functionName: 'Consent:grant', target: car.vid },
          ...{ id: granted.grantId, expiresAt: new Date(Date.now() + 60_000) },
          args: { ...terms(world, 'claim'), grantee: made?.grantee },
        },
      );
      expect(await codeOf(relay(world, [again]))).toBe('COMMAND_REPLAYED');
      const { block } = await write(world, 'workshop', car.vid, { kind: 'intervention' });
      await reached(world, block);
      const asked = { vid: car.vid };
      expect(await codeOf(readAsMember(world, 'GarageMSP', asked))).toBe('GRANT_ENDED');
    });

    test('a grant of another car does not open this one', async () => {
      const other = await registerCar(world, { vin: madeUpVin('another') });
      const key = signerOf(other.owner);
      const forged = await signCommand(key, {
        ...{ channel: channelOf(world), functionName: 'Consent:grant', target: car.vid },
        ...{ id: granteeNonce(), expiresAt: new Date(Date.now() + 60_000) },
        args: { ...terms(world, 'claim'), grantee: { keyId: key.keyId } },
      });
      expect(await codeOf(relay(world, [forged]))).toBe('COMMAND_SIGNER_FOREIGN');
    });

    test.each([
      ['beyond two years', 731],
      ['that ends before it begins', -1],
    ])('a grant %s is refused', async (_, days) => {
      const expiresAt = instantOf(Date.now() + days * DAY_MS);
      const long = { ...terms(world, 'garage-visit'), expiresAt };
      expect(await codeOf(grant(world, car, 'GarageMSP', long))).toBe('EXPIRY_INVALID');
    });

    test('what is sealed by an unknown suite, or names no epoch, is refused', async () => {
      const { sealed } = await work(world, car);
      const bytes = bytesOf(sealed);
      bytes[0] = 7;
      expect(await codeOf(record(world, car, bytes))).toBe('SUITE_NOT_ALLOWED');
      const header = bytesOf(sealed).subarray(0, 5);
      expect(await codeOf(record(world, car, header))).toBe('SEALED_FIELD_INVALID');
    });

    test('what the ledger cannot see to be wrong stays closed, and halts nobody', async () => {
      const other = await registerCar(world, { vin: madeUpVin('swapped with') });
      const { sealed } = await work(world, car);
      const unknownVersion = bytesOf(sealed);
      unknownVersion[1] = 9;
      const changed = bytesOf(sealed);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      const wrong = [
        // Of another event, and of another car.
        await record(world, car, bytesOf(sealed)),
        await record(world, other, bytesOf(sealed)),
        // Cut off behind its header, and within its ciphertext.
        await record(world, car, bytesOf(sealed).subarray(0, 6)),
        await record(world, car, bytesOf(sealed).subarray(0, -1)),
        await record(world, car, unknownVersion),
        await record(world, car, changed),
      ];
      const right = await work(world, car);
      await reached(world, right.block);
      for (const { vid, owner } of [car, other]) {
        const read = await readAsWallet(world, owner, vid);
        const closed = new Map(read.map((each) => [each.event.id, each.closed]));
        const { events } = await readAsPerson(world, owner, { vid });
        for (const [id, scopes] of closed) {
          const isWrong = wrong.some((each) => each.id === id);
          expect(scopes, id).toEqual(isWrong ? ['maintenance'] : []);
          const line = events.find(({ detail }) => detail['id'] === id);
          expect(line?.closed, id).toEqual(scopes);
        }
        expect(closed.size).toBeGreaterThan(0);
      }
      for (const [name, base] of Object.entries(world.pipeline.health)) {
        expect((await fetch(`${base}/readyz`)).status, name).toBe(200);
      }
    });
  });
}

let nonces = 0;

function granteeNonce(): Parameters<typeof signCommand>[1]['id'] {
  nonces += 1;
  return `forged-grant-${nonces}` as Parameters<typeof signCommand>[1]['id'];
}

function channelOf({ members }: World): string {
  return members.MakerMSP.ledger.network.getName();
}

function work(world: World, { vid }: Car) {
  const fields = { 'Passport.Intervention.Jobs': 'brakes' };
  return write(world, 'workshop', vid, { kind: 'intervention', fields });
}

function record(world: World, { vid }: Car, bytes: Buffer) {
  const sealed: Sealed = { maintenance: bytes.toString('base64url') as SealedField };
  return write(world, 'workshop', vid, { kind: 'intervention', sealed });
}

function bytesOf({ maintenance = '' as SealedField }: Sealed): Buffer {
  return Buffer.from(maintenance, 'base64url');
}

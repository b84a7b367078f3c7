import { generateSigningKey, signCommand, type SigningKey } from '@passport/ledger-client';
import { instantOf, parseMspId, type Vid } from '@passport/model';
import { describe, expect, test } from 'vitest';

import type { CurrentPassport } from '../../passport-network.ts';
import { expectRefused } from './refused.ts';

const LIFETIME_MS = 600_000;

/** Grants, members and parameters, as their holders see them. */
export function describeConsents(current: CurrentPassport): void {
  const sign = (key: SigningKey, name: string, vid: Vid, args: unknown, more: object = {}) =>
    signCommand(key, {
      channel: current().channel,
      functionName: `Consent:${name}`,
      target: vid,
      id: current().commandId(),
      expiresAt: new Date(Date.now() + LIFETIME_MS),
      args,
      ...more,
    });
  const terms = {
    grantee: { mspId: 'GarageMSP' },
    classes: ['maintenance'],
    purpose: 'maintenance',
    legalBasis: 'consent',
  };

  describe('consent', () => {
    test('the owner grants a class and revokes it; nobody else can', async () => {
      const owner = await generateSigningKey();
      const [vid] = await current().registerVehicles(1, owner.keyId);
      if (vid === undefined) throw new Error('no vehicle was registered');
      const { consent } = current().members.InsurerMSP.user;
      const id = () => ({ commandId: current().commandId() });
      const command = await sign(owner, 'grant', vid, terms);
      const { answer: grant } = await consent.grant({ ...id(), command });
      const garage = parseMspId('GarageMSP');
      const mayRead = { vid, scope: 'maintenance', mspId: garage } as const;
      expect(await consent.mayRead(mayRead)).toMatchObject({ granted: true });
      expect(await consent.mayRead({ ...mayRead, scope: 'usage' })).toMatchObject({
        granted: false,
      });
      const stranger = await generateSigningKey();
      await expectRefused(
        consent.grant({ ...id(), command: await sign(stranger, 'grant', vid, terms) }),
        'COMMAND_SIGNER_FOREIGN',
      );
      const expired = { expiresAt: new Date(Date.now() - 1_000) };
      await expectRefused(
        consent.grant({ ...id(), command: await sign(owner, 'grant', vid, terms, expired) }),
        'COMMAND_EXPIRED',
      );
      const revocation = { grantId: grant.grantId, retracts: false };
      await consent.revoke({ ...id(), command: await sign(owner, 'revoke', vid, revocation) });
      expect(await consent.mayRead(mayRead)).toEqual({ granted: false, grantId: null });
      // The same command relayed once more: it was executed, and the grant stays revoked.
      await consent.grant({ ...id(), command });
      expect(await consent.mayRead(mayRead)).toEqual({ granted: false, grantId: null });
    });
  });

  describe('members and parameters', () => {
    test('a change takes two organisations, and an administrator of each', async () => {
      const { MakerMSP, GarageMSP } = current().members;
      const id = () => ({ commandId: current().commandId() });
      const member = { mspId: parseMspId('NewMSP'), name: 'New', roles: ['insurer' as const] };
      const change = { change: 'admit' as const, member };
      await expectRefused(
        MakerMSP.user.members.proposeChange({ ...id(), change }),
        'ADMIN_REQUIRED',
      );
      const { answer } = await MakerMSP.admin.members.proposeChange({ ...id(), change });
      const { proposalId } = answer;
      await expectRefused(
        MakerMSP.admin.members.approveChange({ ...id(), proposalId }),
        'SAME_ORGANISATION',
      );
      const approved = await GarageMSP.admin.members.approveChange({ ...id(), proposalId });
      expect(approved.answer).toMatchObject({ mspId: 'NewMSP', status: 'active' });
    });

    test('the consortium is founded once', async () => {
      await expectRefused(
        current().members.MakerMSP.admin.members.foundConsortium({
          commandId: current().commandId(),
          members: [
            { mspId: parseMspId('MakerMSP'), name: 'a', roles: ['maker'] },
            { mspId: parseMspId('GarageMSP'), name: 'b', roles: ['garage'] },
          ],
        }),
        'FOUNDED_ALREADY',
      );
    });

    test('a parameter holds from its time on', async () => {
      const { MakerMSP, GarageMSP } = current().members;
      const id = () => ({ commandId: current().commandId() });
      const name = 'consent.grant-days';
      const proposed = await MakerMSP.admin.parameters.proposeParameter({
        ...id(),
        name,
        value: { initial: 30, max: 365 },
        effectiveFrom: instantOf(Date.now() + 3_600_000),
      });
      const { proposalId } = proposed.answer;
      await GarageMSP.admin.parameters.approveParameter({ ...id(), proposalId });
      const { current: now, versions } = await MakerMSP.user.parameters.readParameter({ name });
      expect(now.version).toBe(0);
      expect(versions.at(-1)).toMatchObject({ version: 1, approvedBy: 'GarageMSP' });
    });
  });
}

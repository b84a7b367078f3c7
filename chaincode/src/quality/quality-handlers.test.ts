import type { QualityExplanation, Source } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';

let consortium: TestConsortium;
beforeAll(async () => {
  consortium = await TestConsortium.found();
});

const source = 'GarageMSP/main';

function rate(mspId: 'InspectionMSP' | 'BankMSP', index: number, rated = source) {
  const request = { source: rated, index, reason: 'a year without a complaint' };
  return consortium.submit(mspId, 'Quality', 'rateSource', request);
}

describe('the index of a source', () => {
  test('is set by an auditor of another member, and counts from then on', async () => {
    const vid = await consortium.register();
    const event = { id: 'a', vid, at: '2026-11-22', kind: 'mileage', method: 'professional' };
    const assess = () =>
      consortium.endorse('GarageMSP', 'Quality', 'assessEvent', {
        source,
        event: { ...event, odometerKm: 1 },
      });
    // Assessing takes no command.
    await expectRefusal(consortium, 'REQUEST_MALFORMED', assess);
    const { answer } = await rate('InspectionMSP', 900);
    expect(answer as Source).toMatchObject({ source, index: 900, version: 2 });
    await consortium.submit('GarageMSP', 'Passport', 'recordEvents', {
      source,
      events: [{ ...event, odometerKm: 1 }],
    });
    const explained = (await consortium.evaluate('Quality', 'explainEvent', {
      ...{ vid, source, entry: 1, index: 0 },
    })) as QualityExplanation;
    expect(explained).toMatchObject({
      quality: { source: 900, method: 900, plausibility: 1000, timeliness: 1000, index: 948 },
      rules: { version: 0 },
    });
    expect(explained.reasons.map(({ score }) => score)).toEqual([
      'source',
      'method',
      'plausibility',
      'timeliness',
      'index',
    ]);
  });

  test('is nobody else’s to set', async () => {
    await expectRefusal(consortium, 'ROLE_MISSING', () => rate('BankMSP', 900));
    await expectRefusal(consortium, 'SAME_ORGANISATION', () =>
      rate('InspectionMSP', 1000, 'InspectionMSP/main'),
    );
    await expectRefusal(consortium, 'REQUEST_MALFORMED', () => rate('InspectionMSP', 1001));
  });
});

test('an event that is not there has no explanation', async () => {
  const vid = await consortium.register();
  await expectRefusal(consortium, 'EVENT_UNKNOWN', () =>
    consortium.evaluate('Quality', 'explainEvent', { vid, source, entry: 1, index: 0 }),
  );
});

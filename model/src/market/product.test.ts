import { describe, expect, test } from 'vitest';

import { descriptorIssues, productId } from './product.ts';

const descriptor = {
  ...{ v: 1, title: 'Mileage', summary: 'How far cars are driven.', answers: ['view'] },
  ...{ views: ['mileage'], classes: [], refresh: 'epoch' },
  fields: [{ name: 'readings', role: 'metric', type: 'integer', means: 'readings' }],
  terms: {
    ...{ licence: 'Licence 1', purposes: ['research'], mayResell: false, retentionDays: 30 },
    text: 'None.',
  },
  price: { tariffPermille: 1000 },
  privacy: { rule: 'released', vehiclesMin: 10, ownersMin: 5, hasPairwiseIds: false },
  quality: { indexMin: 0, ageMsMax: 1000 },
  providers: [{ method: 'professional', permille: 1000 }],
};

describe('a descriptor', () => {
  test('that is right has no issues, and one that is not says where', () => {
    expect(descriptorIssues(descriptor)).toEqual([]);
    const issues = descriptorIssues({ ...descriptor, price: { tariffPermille: 0.5 } });
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatch(/^\/price\/tariffPermille: /);
    expect(descriptorIssues({ ...descriptor, title: 'two\nlines' })[0]).toMatch(/^\/title: /);
    expect(descriptorIssues(null)).toHaveLength(1);
  });

  test.each(['a', 'A-b', '-ab', 'a b', ''])('is not named %j', (name) => {
    expect(productId.safeParse(name).success).toBe(false);
  });
});

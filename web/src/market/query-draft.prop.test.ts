import { readReleasedQuery, releasedViewNames } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { builderViews } from './builder-views.ts';
import { askOfDraft, draftTrouble, firstDraft, type QueryDraft, toggled } from './query-draft.ts';

const views = builderViews([...releasedViewNames], undefined);
const word = fc.stringMatching(/^[A-Za-z0-9*&=?#% éß+/-]{1,12}$/).map((text) => text.trim());

/** Any draft that a person can put together of a view. */
const drafts = fc.constantFrom(...views).chain((view) => {
  const dimensions = view.dimensions.map(({ name }) => name);
  const metrics = view.metrics.map(({ name }) => name);
  return fc.record({
    view: fc.constant(view.name),
    metrics: fc.shuffledSubarray(metrics, { minLength: 1 }),
    by: fc.shuffledSubarray(dimensions),
    only: fc.dictionary(fc.constantFrom(...dimensions), fc.array(word).map(String)),
    from: fc.constantFrom('', '2026-01-01'),
    to: fc.constantFrom('', '2026-02-01'),
    format: fc.constantFrom('json' as const, 'csv' as const),
  }) satisfies fc.Arbitrary<QueryDraft>;
});

test('askOfDraft, any draft: the API reads the question that was put together', () => {
  fc.assert(
    fc.property(drafts, (draft) => {
      expect(draftTrouble(draft)).toBeUndefined();
      const { path, format } = askOfDraft(draft);
      const url = new URL(path, 'http://127.0.0.1/');
      const query = readReleasedQuery(draft.view, url.searchParams);
      expect(url.pathname).toBe(`/v1/released/${draft.view}`);
      expect(query.metrics).toEqual(draft.metrics);
      expect(query.by).toEqual(draft.by);
      expect(query.from ?? '').toBe(draft.from);
      expect(query.to ?? '').toBe(draft.to);
      expect(format).toBe(draft.format);
      for (const [name, text] of Object.entries(draft.only)) {
        const values = text.split(',').map((value) => value.trim());
        expect(new Set(query.filters[name] ?? [])).toEqual(new Set(values.filter(Boolean)));
      }
    }),
  );
});

test('firstDraft, each view that is sold: it can be asked as it is', () => {
  for (const view of views) {
    const draft = firstDraft(view);
    expect(draftTrouble(draft)).toBeUndefined();
    const { searchParams } = new URL(askOfDraft(draft).path, 'http://127.0.0.1/');
    expect(readReleasedQuery(view.name, searchParams).by).toHaveLength(1);
  }
});

test('draftTrouble, nothing to count, or days the wrong way round: it says which', () => {
  const [view] = views;
  if (view === undefined) throw new Error('there are views');
  const draft = firstDraft(view);
  expect(draftTrouble({ ...draft, metrics: [] })).toBe('metrics');
  expect(draftTrouble({ ...draft, from: '2026-02-01', to: '2026-01-01' })).toBe('days');
});

test('toggled, twice: the list is as it was, but for the order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(word), word, (list, name) => {
      expect(new Set(toggled(toggled(list, name), name))).toEqual(new Set(list));
    }),
  );
});

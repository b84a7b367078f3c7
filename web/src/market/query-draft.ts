import { type AnswerFormat, type Ask, viewAsk } from '@passport/client/buyer';

/** A view as the query builder shows it: what a product sells of it. */
export type BuilderView = {
  readonly name: string;
  readonly means: string;
  readonly dimensions: readonly {
    readonly name: string;
    readonly means: string;
    readonly isDay: boolean;
  }[];
  readonly metrics: readonly {
    readonly name: string;
    readonly unit: string;
    readonly means: string;
  }[];
};

/** A question as somebody puts it together. */
export type QueryDraft = {
  readonly view: string;
  readonly metrics: readonly string[];
  /** In the order in which they were chosen. */
  readonly by: readonly string[];
  /** As written: values with commas; none or an empty text is any. */
  readonly only: Readonly<Record<string, string>>;
  /** `2026-11-28`, or empty. */
  readonly from: string;
  readonly to: string;
  readonly format: AnswerFormat;
};

/** What is wrong with a draft; undefined where nothing is. */
export type DraftTrouble = 'metrics' | 'days';

/** A question that a view can be begun with: two things counted, by the first dimension that is no day. */
export function firstDraft({ name, metrics, dimensions }: BuilderView): QueryDraft {
  const first = dimensions.find(({ isDay }) => !isDay);
  return {
    view: name,
    metrics: metrics.slice(0, 2).map((metric) => metric.name),
    by: first === undefined ? [] : [first.name],
    ...{ only: {}, from: '', to: '', format: 'json' },
  };
}

/** Whether a draft can be asked. */
export function draftTrouble({ metrics, from, to }: QueryDraft): DraftTrouble | undefined {
  if (metrics.length === 0) return 'metrics';
  return from !== '' && to !== '' && from > to ? 'days' : undefined;
}

/** The list with a name put at its end, or taken out. */
export function toggled(list: readonly string[], name: string): string[] {
  return list.includes(name) ? list.filter((one) => one !== name) : [...list, name];
}

/** The request that a draft without trouble stands for. */
export function askOfDraft({ view, metrics, by, only, from, to, format }: QueryDraft): Ask {
  const where: Record<string, string[]> = {};
  for (const [name, text] of Object.entries(only)) {
    const values = valuesIn(text);
    if (values.length > 0) where[name] = values;
  }
  return viewAsk({
    ...{ view, metrics, by, where, format },
    from: from === '' ? undefined : from,
    to: to === '' ? undefined : to,
  });
}

function valuesIn(text: string): string[] {
  const values = text.split(',').map((value) => value.trim());
  return [...new Set(values.filter((value) => value !== ''))];
}

/** @jsxImportSource hono/jsx/dom */
import {
  type BuilderView,
  firstDraft,
  type QueryDraft,
  toggled,
} from '../../market/query-draft.ts';
import { market } from '../../texts/en/market.ts';
import { inLanguage } from '../lib/language.ts';
import { FormatChoice } from './format-choice.tsx';

const texts = inLanguage({ en: market }).ask;

/** Puts a question together: what to count, by what, of which days. */
export function Question({
  views,
  draft,
  change,
}: {
  readonly views: readonly BuilderView[];
  readonly draft: QueryDraft;
  readonly change: (draft: QueryDraft) => void;
}) {
  const view = views.find(({ name }) => name === draft.view);
  if (view === undefined) return <></>;
  return (
    <>
      {views.length > 1 && <ViewChoice views={views} draft={draft} change={change} />}
      <Choices
        title={texts.metrics}
        of={view.metrics.map(({ name, means, unit }) => ({ name, means: `${means} (${unit})` }))}
        chosen={draft.metrics}
        choose={(name) => change({ ...draft, metrics: toggled(draft.metrics, name) })}
      />
      <Choices
        title={texts.by}
        of={view.dimensions}
        chosen={draft.by}
        choose={(name) => change({ ...draft, by: toggled(draft.by, name) })}
      />
      <Filters view={view} draft={draft} change={change} />
      <FormatChoice format={draft.format} choose={(format) => change({ ...draft, format })} />
    </>
  );
}

function ViewChoice({
  views,
  draft,
  change,
}: {
  readonly views: readonly BuilderView[];
  readonly draft: QueryDraft;
  readonly change: (draft: QueryDraft) => void;
}) {
  const choose = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const view = views.find(({ name }) => name === value);
    if (view !== undefined) change({ ...firstDraft(view), format: draft.format });
  };
  return (
    <div class="field">
      <label for="view">{texts.view}</label>
      <select id="view" onChange={choose}>
        {views.map(({ name, means }) => (
          <option value={name} selected={name === draft.view}>
            {means}
          </option>
        ))}
      </select>
    </div>
  );
}

function Choices({
  title,
  of,
  chosen,
  choose,
}: {
  readonly title: string;
  readonly of: readonly { readonly name: string; readonly means: string }[];
  readonly chosen: readonly string[];
  readonly choose: (name: string) => void;
}) {
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {of.map(({ name, means }) => (
        <label>
          <input
            type="checkbox"
            name={name}
            checked={chosen.includes(name)}
            onChange={() => choose(name)}
          />
          <span>
            <code>{name}</code> <span class="hint">{means}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Filters({
  view,
  draft,
  change,
}: {
  readonly view: BuilderView;
  readonly draft: QueryDraft;
  readonly change: (draft: QueryDraft) => void;
}) {
  const days = [
    ['from', texts.from],
    ['to', texts.to],
  ] as const;
  return (
    <details>
      <summary>{texts.only}</summary>
      <div class="grid">
        {view.dimensions.some(({ isDay }) => isDay) &&
          days.map(([name, label]) => (
            <div class="field">
              <label for={`ask-${name}`}>{label}</label>
              <input
                id={`ask-${name}`}
                type="date"
                value={draft[name]}
                onInput={(event: Event) =>
                  change({ ...draft, [name]: (event.target as HTMLInputElement).value })
                }
              />
            </div>
          ))}
        {view.dimensions
          .filter(({ isDay }) => !isDay)
          .map(({ name }) => (
            <div class="field">
              <label for={`only-${name}`}>{name}</label>
              <input
                id={`only-${name}`}
                type="text"
                autocomplete="off"
                placeholder={texts.anyValue}
                value={draft.only[name] ?? ''}
                onInput={(event: Event) => {
                  const { value } = event.target as HTMLInputElement;
                  change({ ...draft, only: { ...draft.only, [name]: value } });
                }}
              />
            </div>
          ))}
      </div>
    </details>
  );
}

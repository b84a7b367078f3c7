import type { QualityRules, Source } from '@passport/model';

import { FigureTable } from '../../layout/figure-table.tsx';
import type { Texts } from '../../texts/en/index.ts';

type Words = Texts['contributor'];

/** Weights and quality in plain words, and the rules that are in force. */
export function Weights({
  texts: { weights: words },
  rules,
}: {
  readonly texts: Words;
  /** Undefined where the ledger cannot be asked. */
  readonly rules: QualityRules | undefined;
}) {
  return (
    <section aria-labelledby="weights">
      <h2 id="weights">{words.title}</h2>
      <p>{words.owners}</p>
      <p>{words.sources}</p>
      <p class="quiet">{words.rounding}</p>
      <h3>{words.raiseTitle}</h3>
      <ul>
        {words.raise.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      {rules !== undefined && (
        <details>
          <summary>{words.rulesTitle}</summary>
          <FigureTable
            label={words.rulesTitle}
            columns={[{ name: words.rule }, { name: words.keeps, isNumber: true }]}
            rows={ruleLines(words, rules)}
          />
        </details>
      )}
    </section>
  );
}

function ruleLines(words: Words['weights'], rules: QualityRules): [says: string, keeps: number][] {
  return [
    ...Object.entries(rules.methods).map(([name, keeps]): [string, number] => [
      `${words.method} ${words.methods[name] ?? name}`,
      keeps,
    ]),
    ...rules.timeliness.map(({ days, score }): [string, number] => [words.late(days), score]),
    [words.latest, rules.latest],
    ...Object.entries(rules.flags).map(([name, keeps]): [string, number] => [
      `${words.flag} ${name}`,
      keeps,
    ]),
    [words.probation, rules.probation],
  ];
}

/** Every source with the index that it is weighed by. */
export function Sources({
  texts,
  sources,
}: {
  readonly texts: Words;
  readonly sources: readonly Source[] | undefined;
}) {
  const words = texts.health;
  return (
    <section aria-labelledby="sources">
      <h2 id="sources">{words.title}</h2>
      <p>{words.lead}</p>
      {sources === undefined && <p class="notice notice-warn">{words.away}</p>}
      {sources?.length === 0 && <p class="empty">{words.none}</p>}
      {sources !== undefined && sources.length > 0 && (
        <FigureTable
          label={words.title}
          columns={[
            { name: words.source },
            { name: words.kind },
            { name: words.methods },
            { name: words.index, isNumber: true },
            { name: words.status },
          ]}
          rows={sources.map(({ source, kind, methods, index, status }) => [
            <code>{source}</code>,
            kind,
            methods.map((name) => texts.weights.methods[name] ?? name).join(', '),
            index ?? words.unrated,
            words[status],
          ])}
        />
      )}
    </section>
  );
}

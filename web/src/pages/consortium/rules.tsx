import type { BlockSummary } from '@passport/ledger-client';
import type { ParameterHistory, ParameterVersion } from '@passport/model';

import { contentOf } from './block-content.ts';
import { count, moment } from './figures.ts';
import { Missing, Part, Table, type Words } from './parts.tsx';

/** Digits of a hash that people compare. */
const HASH_DIGITS = 12;

/** All rules with all their versions. */
export function Rules({
  parameters,
  ...words
}: Words & { readonly parameters: readonly ParameterHistory[] | undefined }) {
  const text = words.texts.consortium.rules;
  return (
    <Part id="rules" title={text.title}>
      <p class="quiet">{text.lead}</p>
      {parameters === undefined ? (
        <Missing {...words} />
      ) : (
        parameters.map((parameter) => <Rule parameter={parameter} {...words} />)
      )}
    </Part>
  );
}

function Rule({
  parameter: { name, current, versions },
  ...words
}: Words & { readonly parameter: ParameterHistory }) {
  const text = words.texts.consortium.rules;
  const stateOf = ({ version }: ParameterVersion): string => {
    if (version === current.version) return text.holds;
    return version > current.version ? text.coming : text.over;
  };
  return (
    <details class="card">
      <summary>
        {text.names[name]} <span class="quiet small">{name}</span>{' '}
        <span class="chip">{text.versions(versions.length)}</span>
      </summary>
      {versions.toReversed().map((version) => (
        <article>
          <h3>
            {text.version} {version.version}{' '}
            <span class={version.version === current.version ? 'chip chip-good' : 'chip'}>
              {stateOf(version)}
            </span>
          </h3>
          <p class="small quiet">
            {text.since}{' '}
            {version.effectiveFrom === null ? text.beginning : moment(version.effectiveFrom)} ·{' '}
            {version.proposedBy === null
              ? text.builtIn
              : `${text.proposed} ${version.proposedBy}, ${text.approved} ${version.approvedBy ?? ''}`}
          </p>
          <pre tabindex={0} aria-label={`${text.names[name]}, ${text.value}`}>
            {JSON.stringify(version.value, null, 2)}
          </pre>
        </article>
      ))}
    </details>
  );
}

/** The newest blocks, the newest first. */
export function Blocks({
  blocks,
  isKnown,
  ...words
}: Words & {
  readonly blocks: readonly BlockSummary[] | undefined;
  /** Whether the height was known, so that there was something to read. */
  readonly isKnown: boolean;
}) {
  const text = words.texts.consortium.blocks;
  return (
    <Part id="blocks" title={text.title}>
      <p class="quiet">{text.lead}</p>
      {!isKnown ? (
        <p class="empty">{text.none}</p>
      ) : blocks === undefined ? (
        <Missing {...words} />
      ) : (
        <Table
          caption={text.title}
          head={[
            { number: text.number },
            text.hash,
            { number: text.transactions },
            text.carries,
            text.by,
          ]}
        >
          {blocks.toReversed().map((block) => {
            const { number, hash, transactions, functions, invalid, submitters } = contentOf(block);
            return (
              <tr>
                <td class="number">{count(number, words.language)}</td>
                <td>
                  <code>{hash.slice(0, HASH_DIGITS)}</code>
                </td>
                <td class="number">{count(transactions, words.language)}</td>
                <td>
                  {functions.map(({ name, count: times }) => `${times} × ${name}`).join(', ')}
                  {invalid.map(({ code, count: times }) => (
                    <span class="chip chip-warn">
                      {times} {text.refused}: {code}
                    </span>
                  ))}
                </td>
                <td>{submitters.join(', ')}</td>
              </tr>
            );
          })}
        </Table>
      )}
    </Part>
  );
}

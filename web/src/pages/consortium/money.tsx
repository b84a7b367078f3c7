import { microOf, type Member } from '@passport/model';

import { shareBar } from '../../charts/share-bar.ts';
import { Picture } from '../../layout/document.tsx';
import { count, moment, money, tokenName } from './figures.ts';
import { holdingFlows } from './holdings.ts';
import { type MarketBooks, marketFlows } from './market-flows.ts';
import { Flows, Missing, Part, type Words } from './parts.tsx';
import type { TokenState } from './read-consortium.ts';

/** Tokens, where they are, and who is paid for what was sold. */
export function Money({
  members,
  tokens,
  markets,
  ...words
}: Words & {
  readonly members: readonly Member[] | undefined;
  readonly tokens: readonly TokenState[] | undefined;
  readonly markets: readonly MarketBooks[] | undefined;
}) {
  const text = words.texts.consortium.money;
  const nameOf = (place: string): string => {
    if (place.startsWith('product:')) return place.slice('product:'.length);
    const [mspId, purse] = place.startsWith('org:') ? place.slice(4).split('/') : [];
    if (mspId === undefined) return text.places[place] ?? place;
    const name = members?.find((member) => member.mspId === mspId)?.name ?? mspId;
    return purse === undefined ? name : `${name}, ${purse}`;
  };
  const inPcc = (value: bigint): string => money(value, 'PCC', words.language);
  const pcc = tokens?.find(({ supply }) => supply.asset === 'PCC');
  const lies = pcc === undefined ? [] : holdingFlows(pcc.supply, pcc.members);
  return (
    <Part id="money" title={text.title}>
      {tokens === undefined ? (
        <Missing {...words} />
      ) : (
        <div class="split">
          {tokens.map((token) => (
            <Token token={token} {...words} />
          ))}
        </div>
      )}
      <h3>{text.lies}</h3>
      <p class="quiet">{text.liesHint}</p>
      {lies.length === 0 ? (
        <p class="empty">{text.liesEmpty}</p>
      ) : (
        <Flows
          id="holdings"
          title={text.lies}
          flows={lies}
          nameOf={nameOf}
          textOf={inPcc}
          texts={words.texts}
        />
      )}
      <Sales markets={markets} nameOf={nameOf} textOf={inPcc} {...words} />
    </Part>
  );
}

/** From what was sold to who is paid for it. */
function Sales({
  markets,
  nameOf,
  textOf,
  ...words
}: Words & {
  readonly markets: readonly MarketBooks[] | undefined;
  readonly nameOf: (place: string) => string;
  readonly textOf: (value: bigint) => string;
}) {
  const text = words.texts.consortium.money;
  return (
    <>
      <h3>{text.flows}</h3>
      <p class="quiet">{text.flowsHint}</p>
      {markets === undefined ? (
        <Missing {...words} />
      ) : markets.length === 0 ? (
        <p class="empty">{text.flowsEmpty}</p>
      ) : (
        markets.map((books, place) => (
          <>
            <p class="small">
              {text.flowsOf(nameOf(`org:${books.operator}`), books.distributions.length)}
            </p>
            <Flows
              id={`flows-${place}`}
              title={text.flows}
              flows={marketFlows(books)}
              nameOf={nameOf}
              textOf={textOf}
              texts={words.texts}
            />
          </>
        ))
      )}
    </>
  );
}

function Token({ token: { supply }, ...words }: Words & { readonly token: TokenState }) {
  const text = words.texts.consortium.money;
  const { asset, reserve } = supply;
  const inToken = (value: typeof supply.supply): string => money(value, asset, words.language);
  const inEuro = (value: typeof supply.supply): string =>
    inToken(value).replace(tokenName(asset), 'EUR');
  const title = text.reserve(tokenName(asset));
  const isCovered = reserve !== null && microOf(supply.supply) <= microOf(reserve.amount);
  return (
    <section class="card" aria-label={title}>
      <h3>
        {title}{' '}
        {reserve !== null && (
          <span class={isCovered ? 'chip chip-good' : 'chip chip-bad'}>
            {isCovered ? text.covered : text.uncovered}
          </span>
        )}
      </h3>
      {reserve === null ? (
        <p class="empty">{text.notAttested}</p>
      ) : (
        <Picture
          svg={shareBar(microOf(supply.supply), microOf(reserve.amount), {
            id: `reserve-${asset.toLowerCase()}`,
            title,
            description: text.bar(
              inToken(supply.supply),
              count(microOf(reserve.amount) / 1_000_000n, words.language),
            ),
          })}
        />
      )}
      <dl class="pairs">
        <dt>{text.supply}</dt>
        <dd class="number">{inToken(supply.supply)}</dd>
        <dt>{text.minted}</dt>
        <dd class="number">{inToken(supply.minted)}</dd>
        <dt>{text.burned}</dt>
        <dd class="number">{inToken(supply.burned)}</dd>
        {reserve !== null && (
          <>
            <dt>{text.attested}</dt>
            <dd class="number">{inEuro(reserve.amount)}</dd>
            <dt>{text.by}</dt>
            <dd>{reserve.custodian}</dd>
            <dt>{text.asOf}</dt>
            <dd>{moment(reserve.asOf)}</dd>
            <dt>{text.statement}</dt>
            <dd>{reserve.statement}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

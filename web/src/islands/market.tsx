/** @jsxImportSource hono/jsx/dom */
import { type Ask, sqlAsk } from '@passport/client/buyer';
import { useEffect, useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../browser/buyer-room.ts';
import {
  askOfDraft,
  type BuilderView,
  draftTrouble,
  firstDraft,
  type QueryDraft,
} from '../market/query-draft.ts';
import type { SqlExample } from '../market/sql-examples.ts';
import { market } from '../texts/en/market.ts';
import { inLanguage } from './lib/language.ts';
import { Loaded } from './lib/loaded.tsx';
import { mountIsland } from './lib/mount.tsx';
import { openMarketRoom } from './market/market-room.ts';
import { Money } from './market/money.tsx';
import { Purchase } from './market/purchase.tsx';
import { Question } from './market/question.tsx';
import { rowsIn, type SqlDraft, Statement } from './market/statement.tsx';

const texts = inLanguage({ en: market });

type Props = {
  readonly product: string;
  readonly hasBank: boolean;
  readonly views: readonly BuilderView[];
  readonly examples: readonly SqlExample[];
};

/** A product's counter: ask, see the price, pay, read the answer. */
function Counter(props: Props) {
  return (
    <Loaded load={openMarketRoom} watch={[]} loading={texts.loading} again={texts.again}>
      {(room) => <OpenCounter room={room} {...props} />}
    </Loaded>
  );
}

function OpenCounter({
  room,
  product,
  hasBank,
  views,
  examples,
}: Props & { readonly room: BuyerRoom }) {
  const [turn, setTurn] = useState(0);
  const [canPay, setCanPay] = useState(false);
  const changed = (): void => setTurn(turn + 1);
  useEffect(() => {
    void room.hasTab().then(setCanPay);
  }, [turn]);
  const [first] = views;
  const [kind, setKind] = useState<'view' | 'sql'>(first === undefined ? 'sql' : 'view');
  const [draft, setDraft] = useState<QueryDraft | undefined>(first && firstDraft(first));
  const [statement, setStatement] = useState<SqlDraft>({
    ...{ sql: examples[0]?.sql ?? '', rowsMax: '100', format: 'json' },
  });
  const asked = kind === 'view' ? ofDraft(draft) : ofStatement(product, statement);
  return (
    <>
      <div class="card">
        {first !== undefined && examples.length > 0 && (
          <div class="row" role="group" aria-label={texts.ask.kind}>
            {(['view', 'sql'] as const).map((one) => (
              <button
                type="button"
                class={one === kind ? '' : 'button-quiet'}
                aria-pressed={one === kind ? 'true' : 'false'}
                onClick={() => setKind(one)}
              >
                {one === 'view' ? texts.ask.question : texts.ask.sql}
              </button>
            ))}
          </div>
        )}
        {kind === 'view' && draft !== undefined ? (
          <Question views={views} draft={draft} change={setDraft} />
        ) : (
          <Statement examples={examples} draft={statement} change={setStatement} />
        )}
        {'trouble' in asked ? (
          <p class="notice notice-warn" role="status">
            {asked.trouble}
          </p>
        ) : (
          <Purchase room={room} ask={asked.ask} canPay={canPay} bought={changed} />
        )}
      </div>
      <Money room={room} hasBank={hasBank} turn={turn} changed={changed} />
    </>
  );
}

type Asked = { readonly ask: Ask } | { readonly trouble: string };

function ofDraft(draft: QueryDraft | undefined): Asked {
  const trouble = draft === undefined ? 'metrics' : draftTrouble(draft);
  if (draft === undefined || trouble !== undefined) {
    return { trouble: texts.ask.trouble[trouble ?? 'metrics'] };
  }
  return { ask: askOfDraft(draft) };
}

function ofStatement(product: string, draft: SqlDraft): Asked {
  const rowsMax = rowsIn(draft);
  if (rowsMax === undefined) return { trouble: texts.ask.trouble.rows };
  const sql = draft.sql.trim();
  if (sql === '') return { trouble: texts.ask.trouble.statement };
  return { ask: sqlAsk({ product, sql, rowsMax, format: draft.format }) };
}

mountIsland('market', Counter);

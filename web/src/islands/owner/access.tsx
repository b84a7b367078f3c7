/** @jsxImportSource hono/jsx/dom */
import { type OwnerView, termsOf } from '@passport/ledger-client/wallet';
import { fieldsInScope, type Grant, instantOf, scopesOf } from '@passport/model';
import { useEffect, useState } from 'hono/jsx/dom';

import type { AccessRequest } from '../../browser/access-request.ts';
import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';
import { MarketConsent } from './market-consent.tsx';
import { ScopeFields } from './scope-fields.tsx';
import type { OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner });

type Props = {
  readonly session: OwnerSession;
  readonly view: OwnerView;
  readonly request: AccessRequest | undefined;
  readonly answered: () => void;
  /** The ledger has changed. */
  readonly changed: () => void;
};

/** Who may read what, until when; what somebody asks for; and how it is taken back. */
export function Access({ session, view, request: others, answered, changed }: Props) {
  const now = session.now().toISOString();
  const grants = view.grants.toSorted((a, b) => (a.notBefore < b.notBefore ? 1 : -1));
  const { title, none, howTo } = texts.access;
  const [block, setBlock] = useState<string | undefined>(undefined);
  const [markets, setMarkets] = useState<AccessRequest | undefined>(undefined);
  const request = others ?? markets;
  const close = (): void => (request === markets ? setMarkets(undefined) : answered());
  useEffect(() => {
    if (request !== undefined) document.getElementById('asked')?.scrollIntoView();
  }, [request]);
  return (
    <section aria-labelledby="access">
      <h2 id="access">{title}</h2>
      {request !== undefined && (
        <Asked
          session={session}
          view={view}
          request={request}
          refuse={close}
          granted={(at) => {
            setBlock(at);
            close();
            changed();
          }}
        />
      )}
      {block !== undefined && (
        <p class="notice notice-good" role="status">
          {texts.access.done} {block}
        </p>
      )}
      {grants.length === 0 && <p class="empty">{none}</p>}
      <ul class="grid">
        {grants.map((grant) => (
          <li class="card">
            <GrantCard
              grant={grant}
              isOver={grant.revokedAt !== null || grant.expiresAt <= now}
              revoke={async () => {
                const commands = await session.desk.revoke(view, grant.grantId);
                await session.relay.submitAll(commands);
                changed();
              }}
            />
          </li>
        ))}
      </ul>
      {request === undefined && <MarketConsent session={session} view={view} asked={setMarkets} />}
      <p class="quiet small">{howTo}</p>
    </section>
  );
}

function GrantCard({
  grant,
  isOver,
  revoke,
}: {
  readonly grant: Grant;
  readonly isOver: boolean;
  readonly revoke: () => Promise<void>;
}) {
  const words = texts.access;
  const { grantId, grantee, purpose, expiresAt, revokedAt, includesPast, queriesMax } = grant;
  const who = 'mspId' in grantee ? grantee.mspId : grantee.keyId.slice(0, 12);
  return (
    <>
      <h3>{purpose === 'market' ? words.everybody : who}</h3>
      <p>{words.reads}:</p>
      <Granted of={grant} />
      <p class="quiet small">
        {words.forPurpose} {texts.purposes[purpose] ?? purpose},{' '}
        {includesPast ? words.past : words.future}
        {queriesMax !== null && `, ${queriesMax} ${words.queries}`}
        <br />
        {words.permission} <code>{grantId.slice(0, 12)}</code>
      </p>
      {isOver ? (
        <p class="chip">
          {revokedAt === null ? words.ended : words.revoked} {(revokedAt ?? expiresAt).slice(0, 10)}
        </p>
      ) : (
        <>
          <p class="chip chip-good">
            {words.until} {expiresAt.slice(0, 10)}
          </p>
          <p>
            <ActionButton busy={words.revoking} look="button-bad" run={revoke}>
              {words.revoke}
            </ActionButton>
          </p>
        </>
      )}
    </>
  );
}

/** What somebody may read: in a word, and each field. */
function Granted({ of }: { readonly of: Parameters<typeof scopesOf>[0] }) {
  const fields = scopesOf(of).flatMap(fieldsInScope);
  return <ScopeFields scopes={[...of.classes, ...of.fields]} fields={fields} />;
}

const DAY_MS = 86_400_000;
const DAYS_MAX = 730;

function Asked({
  session,
  view,
  request,
  refuse,
  granted,
}: Pick<Props, 'session' | 'view'> & {
  readonly request: AccessRequest;
  readonly refuse: () => void;
  /** It is on the ledger, in that block. */
  readonly granted: (block: string) => void;
}) {
  const words = texts.access;
  const now = instantOf(session.now().getTime());
  const terms = termsOf(request.template, now);
  const usual = Math.round((Date.parse(terms.expiresAt ?? now) - Date.parse(now)) / DAY_MS);
  const [days, setDays] = useState(String(usual));
  const wanted = Number(days);
  const isRight = Number.isInteger(wanted) && wanted >= 1 && wanted <= DAYS_MAX;
  const grant = async (): Promise<void> => {
    const expiresAt = instantOf(session.now().getTime() + wanted * DAY_MS);
    const reader = { grantee: request.grantee, readerKey: request.readerKey };
    const { commands } = await session.desk.grant(view, reader, { ...terms, expiresAt });
    const done = await session.relay.submitAll(commands);
    granted(done.at(-1)?.block ?? '');
  };
  const who = 'mspId' in request.grantee ? request.grantee.mspId : request.grantee.keyId;
  return (
    <section class="card asked" aria-labelledby="asked">
      <h3 id="asked">{words.askedTitle}</h3>
      <p>
        <strong>{request.name}</strong> (<code>{who}</code>) {words.asks}
      </p>
      <Granted of={terms} />
      <p class="quiet">
        {texts.templates[request.template]}: {words.forPurpose}{' '}
        {texts.purposes[terms.purpose] ?? terms.purpose},{' '}
        {terms.includesPast ? words.past : words.future}
      </p>
      <Field
        id="days"
        label={words.days}
        type="number"
        value={days}
        onValue={setDays}
        trouble={isRight ? undefined : `1–${DAYS_MAX}`}
      />
      <p class="row">
        <ActionButton busy={words.granting} run={grant} isOff={!isRight}>
          {words.grant}
        </ActionButton>
        <button type="button" class="button-quiet" onClick={refuse}>
          {words.refuse}
        </button>
      </p>
    </section>
  );
}

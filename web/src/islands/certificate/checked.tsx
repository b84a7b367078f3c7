/** @jsxImportSource hono/jsx/dom */
import type { CertificateClaims, ShownVin } from '@passport/model/certificate';

import type { Texts } from '../../texts/en/index.ts';
import { fill, formatTime } from '../lib/fill.ts';
import type { Check, Shown } from './check.ts';
import { QrCode } from '../lib/qr-code.tsx';
import { CompareVin } from './compare-vin.tsx';
import { Report } from './report.tsx';
import { warningsOf } from './warnings-of.ts';

type Words = Texts['certificate']['verify'];

const tones: Readonly<Record<Shown, 'good' | 'warn' | 'bad'>> = {
  current: 'good',
  changed: 'warn',
  offline: 'warn',
  unasked: 'warn',
  forgotten: 'warn',
  expired: 'warn',
  missing: 'warn',
  'no-issuers': 'warn',
  'no-crypto': 'warn',
  ended: 'bad',
  revoked: 'bad',
  altered: 'bad',
  'unknown-issuer': 'bad',
  unreadable: 'bad',
};

type Props = {
  readonly text: string;
  readonly found: Check;
  readonly texts: Words;
  /** Asks the issuer again. */
  readonly again: () => void;
};

/** The result of a check. What a certificate says is shown only where it is what was signed. */
export function Checked({ text, found, texts, again }: Props) {
  const { shown, judgement } = found;
  const isGenuine = judgement?.is === 'genuine' || judgement?.is === 'expired';
  // That a certificate is genuine is no praise of the car.
  const warnings = isGenuine ? warningsOf(judgement.claims, texts.field) : [];
  const tone = tones[shown] === 'good' && warnings.length > 0 ? 'warn' : tones[shown];
  const canAsk = shown === 'offline' || shown === 'unasked';
  return (
    <>
      <p class="print-only notice">{fill(texts.paper, { origin: location.origin })}</p>
      <section class={`notice no-print notice-${tone}`} role="status" data-shown={shown}>
        <h2>{texts.states[shown].title}</h2>
        <p>{fill(texts.states[shown].hint, valuesOf(found))}</p>
        {warnings.length === 0 ? null : (
          <p>
            {texts.mind} <b>{warnings.join('; ')}</b>
          </p>
        )}
        {canAsk ? (
          <p>
            <button type="button" onClick={again}>
              {texts.askAgain}
            </button>
          </p>
        ) : null}
      </section>
      {isGenuine ? (
        <>
          {judgement.claims.madeUp > 0 ? (
            <section class="notice notice-warn">
              <h2>{texts.madeUp.title}</h2>
              <p>{fill(texts.madeUp.hint, { count: judgement.claims.madeUp })}</p>
            </section>
          ) : null}
          <WhichCar claims={judgement.claims} shown={judgement.shown} texts={texts.vin} />
          <Report claims={judgement.claims} texts={texts} />
          <div class="split">
            <How found={found} claims={judgement.claims} texts={texts.how} />
            <Code text={text} texts={texts} />
          </div>
        </>
      ) : null}
      <p class="row no-print">
        {isGenuine ? (
          <button type="button" onClick={() => globalThis.print()}>
            {texts.print}
          </button>
        ) : null}
        <a class="button button-quiet" href="/certificate">
          {texts.another}
        </a>
      </p>
    </>
  );
}

function valuesOf({ judgement, status }: Check): Record<string, string | number> {
  const issuer =
    judgement === undefined
      ? '–'
      : 'issuer' in judgement
        ? judgement.issuer.mspId
        : 'named' in judgement
          ? judgement.named
          : '–';
  const until =
    judgement !== undefined && 'claims' in judgement ? formatTime(judgement.claims.exp) : '–';
  return { issuer, until, block: status?.block ?? '–' };
}

function WhichCar({
  claims,
  shown,
  texts,
}: {
  readonly claims: CertificateClaims;
  readonly shown: ShownVin | undefined;
  readonly texts: Words['vin'];
}) {
  return (
    <section class="card">
      <h3>{texts.title}</h3>
      {shown === undefined ? (
        <p class="hint">{claims.vin === undefined ? texts.none : texts.committed}</p>
      ) : (
        <>
          <p class="vin number">{shown.vin}</p>
          <p>{texts.compare}</p>
          <p class="hint">{texts.word}</p>
        </>
      )}
      {claims.vin === undefined ? null : (
        <CompareVin claims={claims} shown={shown} texts={texts.check} />
      )}
    </section>
  );
}

function How({
  found,
  claims,
  texts,
}: {
  readonly found: Check;
  readonly claims: CertificateClaims;
  readonly texts: Words['how'];
}) {
  const { status } = found;
  const at = { block: claims.block, ledger: claims.ledger, at: formatTime(claims.at) };
  const asked =
    status === undefined
      ? texts.notAsked
      : fill(texts.asked, {
          block: status.block,
          at: formatTime(Date.parse(status.ledgerTime) / 1000),
        });
  return (
    <section class="card">
      <h3>{texts.title}</h3>
      <dl class="pairs">
        <dt>{texts.signature}</dt>
        <dd>{texts.signatureGood}</dd>
        <dt>{texts.online}</dt>
        <dd>{asked}</dd>
        <dt>{texts.issuer}</dt>
        <dd>{claims.iss}</dd>
        <dt>{texts.made}</dt>
        <dd>{formatTime(claims.iat)}</dd>
        <dt>{texts.until}</dt>
        <dd>{formatTime(claims.exp)}</dd>
        <dt>{texts.exact}</dt>
        <dd>{fill(texts.block, at)}</dd>
        <dt>{texts.name}</dt>
        <dd>
          <code>{claims.jti}</code>
        </dd>
      </dl>
    </section>
  );
}

function Code({ text, texts }: { readonly text: string; readonly texts: Words }) {
  const { origin } = location;
  return (
    <section class="card certificate-code">
      <h3>{texts.code}</h3>
      <QrCode text={`${origin}/certificate/verify#${text}`} label={texts.code} />
      <p class="hint">{fill(texts.codeHint, { origin })}</p>
    </section>
  );
}

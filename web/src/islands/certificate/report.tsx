/** @jsxImportSource hono/jsx/dom */
import {
  type CertificateClaims,
  type CertificateField,
  certificateFields,
} from '@passport/model/certificate';
import type { Child } from 'hono/jsx';

import type { Texts } from '../../texts/en/index.ts';
import { fill, formatDay } from '../lib/fill.ts';

type Words = Texts['certificate']['verify'];

/** What a certificate says of a car, what was chosen and no more. */
export function Report({
  claims,
  texts,
}: {
  readonly claims: Pick<CertificateClaims, CertificateField>;
  readonly texts: Words;
}) {
  const missing = certificateFields.filter((field) => claims[field] === undefined);
  const names = missing.map((field) => texts.field[field].title.toLowerCase()).join(', ');
  return (
    <>
      <div class="grid certificate-fields">
        <Mileage mileage={claims.mileage} texts={texts.field.mileage} />
        <Life life={claims.life} texts={texts.field.life} />
        <Owners owners={claims.owners} texts={texts.field.owners} />
        <Quality quality={claims.quality} texts={texts.field.quality} />
        <Freshness freshness={claims.freshness} texts={texts.field.freshness} />
        <Basis basis={claims.basis} texts={texts.field.basis} />
      </div>
      {names === '' ? null : <p class="quiet">{fill(texts.notChosen, { fields: names })}</p>}
    </>
  );
}

type Tone = 'good' | 'warn' | 'bad' | 'plain';

function Field({
  title,
  tone,
  says,
  children,
}: {
  readonly title: string;
  readonly tone: Tone;
  readonly says: string;
  readonly children?: Child;
}) {
  return (
    <section class="card">
      <h3>{title}</h3>
      <p class={`chip chip-${tone}`}>{says}</p>
      <ul class="plain">{children}</ul>
    </section>
  );
}

function Mileage({
  mileage,
  texts,
}: {
  readonly mileage: CertificateClaims['mileage'];
  readonly texts: Words['field']['mileage'];
}) {
  if (mileage === undefined) return null;
  const { says, readings, since, km, on, backs, backKm, backOn, jumps, against } = mileage;
  const tone = ({ consistent: 'good', doubtful: 'bad', unknown: 'warn' } as const)[says];
  const back = { count: backs, km: backKm, on: formatDay(backOn) };
  return (
    <Field title={texts.title} tone={tone} says={texts.says[says]}>
      {km === null ? (
        <li>{texts.none}</li>
      ) : (
        <>
          <li>
            <b>{fill(texts.last, { km, on: formatDay(on) })}</b>
          </li>
          <li>{fill(texts.readings, { count: readings, since: formatDay(since) })}</li>
        </>
      )}
      {says === 'consistent' ? <li>{texts.good}</li> : null}
      {backs === 0 ? null : <li>{fill(backs === 1 ? texts.back : texts.backs, back)}</li>}
      {jumps === 0 ? null : <li>{fill(texts.jumps, { count: jumps })}</li>}
      {against === 0 ? null : <li>{fill(texts.against, { count: against })}</li>}
    </Field>
  );
}

function Life({
  life,
  texts,
}: {
  readonly life: CertificateClaims['life'];
  readonly texts: Words['field']['life'];
}) {
  if (life === undefined) return null;
  const { state, wreck, incidents, offRoad } = life;
  const tone = ({ never: 'good', wreck: 'bad', repaired: 'bad', cleared: 'warn' } as const)[wreck];
  return (
    <Field title={texts.title} tone={tone} says={texts.wreck[wreck]}>
      <li>{fill(texts.state, { state: texts.states[state] })}</li>
      <li>{fill(texts.incidents, { count: incidents })}</li>
      {offRoad === 0 ? null : <li>{fill(texts.offRoad, { count: offRoad })}</li>}
    </Field>
  );
}

function Owners({
  owners,
  texts,
}: {
  readonly owners: CertificateClaims['owners'];
  readonly texts: Words['field']['owners'];
}) {
  if (owners === undefined) return null;
  const says = owners === 0 ? texts.none : fill(texts.some, { count: owners });
  return <Field title={texts.title} tone="plain" says={says} />;
}

function Quality({
  quality,
  texts,
}: {
  readonly quality: CertificateClaims['quality'];
  readonly texts: Words['field']['quality'];
}) {
  if (quality === undefined) return null;
  const { band, median } = quality;
  const tone = ({ high: 'good', good: 'good', fair: 'warn', low: 'bad', none: 'warn' } as const)[
    band
  ];
  return (
    <Field title={texts.title} tone={tone} says={texts.band[band]}>
      {median === null ? null : <li>{fill(texts.median, { median })}</li>}
    </Field>
  );
}

function Freshness({
  freshness,
  texts,
}: {
  readonly freshness: CertificateClaims['freshness'];
  readonly texts: Words['field']['freshness'];
}) {
  if (freshness === undefined) return null;
  const { on, recordedOn } = freshness;
  const says = on === null ? texts.none : fill(texts.on, { on: formatDay(on) });
  return (
    <Field title={texts.title} tone="plain" says={says}>
      {on === null ? null : <li>{fill(texts.recordedOn, { on: formatDay(recordedOn) })}</li>}
    </Field>
  );
}

function Basis({
  basis,
  texts,
}: {
  readonly basis: CertificateClaims['basis'];
  readonly texts: Words['field']['basis'];
}) {
  if (basis === undefined) return null;
  const { events, sources, members } = basis;
  const count = Object.values(events).reduce((sum, each) => sum + each, 0);
  const methods: Readonly<Record<string, string>> = texts.methods;
  return (
    <Field title={texts.title} tone="plain" says={fill(texts.events, { count, sources, members })}>
      {Object.entries(events).map(([method, each]) => (
        <li>{fill(`{each} ${methods[method] ?? method}`, { each })}</li>
      ))}
    </Field>
  );
}

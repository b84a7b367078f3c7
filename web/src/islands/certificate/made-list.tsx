/** @jsxImportSource hono/jsx/dom */
import { certificateFields } from '@passport/model/certificate';
import { useEffect, useState } from 'hono/jsx/dom';
import * as z from 'zod/mini';

import type { Texts } from '../../texts/en/index.ts';
import { failureText } from '../lib/failure-text.ts';
import { fill, formatTime } from '../lib/fill.ts';
import { askAs, type AskingAs } from '../lib/ask-as.ts';

const listed = z.object({
  certificates: z.array(
    z.object({
      id: z.string(),
      fields: z.array(z.enum(certificateFields)),
      hasVin: z.boolean(),
      madeAt: z.string(),
      expiresAt: z.string(),
      isRevoked: z.boolean(),
    }),
  ),
});

type Listed = z.output<typeof listed>['certificates'][number];

/** Certificates of a car that have not expired, and their end. */
export function MadeList({
  vid,
  asking,
  texts,
  newest,
}: {
  readonly vid: string;
  readonly asking: AskingAs;
  readonly texts: Texts['certificate'];
  /** The one that was made last here; with another one the list is asked for again. */
  readonly newest: string | undefined;
}) {
  const words = texts.make;
  const [list, setList] = useState<readonly Listed[] | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const run = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      setTrouble(undefined);
    } catch (error) {
      setTrouble(fill(words.failed, { reason: failureText(error) }));
    }
  };
  const load = async (): Promise<void> => {
    const answer = await askAs(asking, 'GET', `/v1/vehicles/${vid}/certificates`);
    setList(listed.parse(answer).certificates);
  };
  const revoke = async (id: string): Promise<void> => {
    await askAs(asking, 'DELETE', `/v1/certificates/${id}`);
    await load();
  };
  useEffect(() => {
    void run(load);
  }, [vid, newest]);
  return (
    <section aria-labelledby="certificates-made">
      <h2 id="certificates-made">{words.listTitle}</h2>
      <p role="alert">{trouble ?? ''}</p>
      {list === undefined && trouble === undefined ? (
        <p class="loading" role="status">
          {words.listLoading}
        </p>
      ) : null}
      {list?.length === 0 ? <p class="empty">{words.listEmpty}</p> : null}
      <ul class="plain">
        {list?.map((each) => (
          <li class="card row spread" key={each.id}>
            <OneMade one={each} texts={texts} revoke={() => void run(() => revoke(each.id))} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneMade({
  one: { fields, madeAt, expiresAt, hasVin, isRevoked },
  texts,
  revoke,
}: {
  readonly one: Listed;
  readonly texts: Texts['certificate'];
  readonly revoke: () => void;
}) {
  const words = texts.make;
  return (
    <>
      <span>
        {fill(words.listed, {
          fields: fields.map((field) => texts.verify.field[field].title).join(', '),
          made: formatTime(Date.parse(madeAt) / 1000),
          until: formatTime(Date.parse(expiresAt) / 1000),
        })}
        {hasVin ? ` (${words.withVin})` : ''}
      </span>
      {isRevoked ? (
        <span class="chip chip-bad">{words.revoked}</span>
      ) : (
        <button type="button" class="button-bad" onClick={revoke}>
          {words.revoke}
        </button>
      )}
    </>
  );
}

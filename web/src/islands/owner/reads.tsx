/** @jsxImportSource hono/jsx/dom */
import { type ReadNote, whoRead } from '@passport/client/browser';
import type { Vid } from '@passport/model';

import { owner } from '../../texts/en/owner.ts';
import { inLanguage } from '../lib/language.ts';
import { Loaded } from '../lib/loaded.tsx';
import { ScopeFields } from './scope-fields.tsx';
import type { OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner });

/** Who has read which fields of a car, when, for what and by which grant: all of it. */
export function Reads({ session, vid }: { readonly session: OwnerSession; readonly vid: Vid }) {
  const { title, none } = texts.reads;
  return (
    <section aria-labelledby="reads">
      <h2 id="reads">{title}</h2>
      <Loaded
        load={() => allReads(session, vid)}
        watch={[vid]}
        loading={texts.loading}
        again={texts.again}
      >
        {(reads) => (reads.length === 0 ? <p class="empty">{none}</p> : <Table reads={reads} />)}
      </Loaded>
    </section>
  );
}

async function allReads(session: OwnerSession, vid: Vid): Promise<ReadNote[]> {
  const signer = await session.signerOf(vid);
  return Array.fromAsync(whoRead({ ...session.asking(signer), vid }));
}

function Table({ reads }: { readonly reads: readonly ReadNote[] }) {
  const { when, who, what, why, which, you } = texts.reads;
  return (
    <div class="table" tabindex={0} role="region" aria-label={texts.reads.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{when}</th>
            <th scope="col">{who}</th>
            <th scope="col">{what}</th>
            <th scope="col">{why}</th>
            <th scope="col">{which}</th>
          </tr>
        </thead>
        <tbody>
          {reads.map(({ at, reader, scopes, fields, purpose, grantId }) => (
            <tr>
              <td>
                <time datetime={at}>{at.slice(0, 16).replace('T', ' ')}</time>
              </td>
              <td>
                {reader === null
                  ? you
                  : 'mspId' in reader
                    ? reader.mspId
                    : reader.keyId.slice(0, 12)}
              </td>
              <td>
                <ScopeFields scopes={scopes} fields={fields} />
              </td>
              <td>{purpose === null ? '' : (texts.purposes[purpose] ?? purpose)}</td>
              <td>{purpose !== null && <code>{grantId.slice(0, 12)}</code>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

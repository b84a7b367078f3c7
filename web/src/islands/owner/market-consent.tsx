/** @jsxImportSource hono/jsx/dom */
import type { OwnerView } from '@passport/ledger-client/wallet';
import { grantee, publicKey } from '@passport/model';
import { z } from 'zod';

import type { AccessRequest } from '../../browser/access-request.ts';
import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { askAs, isRefused } from '../lib/ask-as.ts';
import { inLanguage } from '../lib/language.ts';
import type { OwnerSession } from './session.ts';

const texts = inLanguage({ en: owner }).market;

/** `POST /v1/vehicles/{vid}/market-key` */
const marketKey = z.object({ grantee, readerKey: publicKey });

/** Lets an owner ask the market what it wants to read, where it may read nothing yet: they decide as over anybody's request. */
export function MarketConsent({
  session,
  view,
  asked,
}: {
  readonly session: OwnerSession;
  readonly view: OwnerView;
  /** The market's request is there. */
  readonly asked: (request: AccessRequest) => void;
}) {
  const now = session.now().toISOString();
  const isCounted = view.grants.some(
    ({ purpose, revokedAt, expiresAt }) =>
      purpose === 'market' && revokedAt === null && expiresAt > now,
  );
  if (isCounted) return null;
  const ask = async (): Promise<void> => asked(await requestOf(session, view));
  return (
    <div class="card">
      <h3>{texts.title}</h3>
      <p>{texts.hint}</p>
      <ActionButton busy={texts.asking} run={ask}>
        {texts.ask}
      </ActionButton>
    </div>
  );
}

async function requestOf(
  session: OwnerSession,
  { ownership: { vid } }: OwnerView,
): Promise<AccessRequest> {
  const asking = session.asking(await session.signerOf(vid));
  try {
    const answer = await askAs(asking, 'POST', `/v1/vehicles/${vid}/market-key`);
    const template = 'market-research';
    return { v: 1, vid, ...marketKey.parse(answer), name: texts.name, template };
  } catch (error) {
    if (isRefused(error, 'NOT_READY')) throw new Error(texts.away, { cause: error });
    throw error;
  }
}

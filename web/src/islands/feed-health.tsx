/** @jsxImportSource hono/jsx/dom */
import * as z from 'zod/mini';

import { ProfessionalStore, signerOf } from '../browser/professional-store.ts';
import { contributor } from '../texts/en/contributor.ts';
import { type ConnectorAnswer, Connectors, feedsAnswer } from './contributor/connectors.tsx';
import { inLanguage } from './lib/language.ts';
import { Loaded } from './lib/loaded.tsx';
import { mountIsland } from './lib/mount.tsx';
import { readPlace, readProven } from './professional/session.ts';

const texts = inLanguage({ en: contributor });
const words = texts.feeds;

const status = z.object({ block: z.nullable(z.number()) });

type Seen =
  | { readonly is: 'nobody' }
  | { readonly is: 'another'; readonly own: string; readonly portal: string }
  | {
      readonly is: 'own';
      readonly connectors: readonly ConnectorAnswer[];
      /** Of the ledger, before the connectors were asked; null where the API is away. */
      readonly block: number | null;
    };

/** The feeds of the portal's member, for whoever is enrolled for it in this browser. */
function FeedHealthDoor() {
  return (
    <Loaded load={seen} watch={[]} loading={texts.loading} again={texts.again}>
      {(what) => <Shown what={what} />}
    </Loaded>
  );
}

async function seen(): Promise<Seen> {
  const store = await ProfessionalStore.open();
  const who = await store.find();
  if (who === undefined) return { is: 'nobody' };
  const place = await readPlace();
  if (place.member !== who.mspId) return { is: 'another', own: who.mspId, portal: place.member };
  const block = await blockNow();
  const asking = { signer: signerOf(who), place };
  const { connectors } = await readProven(asking, '/professionals/feeds', feedsAnswer);
  return { is: 'own', connectors, block };
}

async function blockNow(): Promise<number | null> {
  const answer = await fetch('/v1/status').catch(
    // Feeds are shown without a block while the API is away.
    () => undefined,
  );
  const said: unknown = await answer?.json().catch(() => undefined);
  return status.safeParse(said).data?.block ?? null;
}

function Shown({ what }: { readonly what: Seen }) {
  switch (what.is) {
    case 'nobody':
      return (
        <div class="card">
          <p>{words.notEnrolled}</p>
          <a class="button" href="/professional">
            {words.enrol}
          </a>
        </div>
      );
    case 'another':
      return <p class="notice">{words.otherMember(what.own, what.portal)}</p>;
    case 'own':
      return <Connectors connectors={what.connectors} block={what.block} />;
  }
}

mountIsland('feed-health', FeedHealthDoor);

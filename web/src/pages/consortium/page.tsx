import type { Context, Hono } from 'hono';

import type { PublicApi } from '../../api/read-api.ts';
import type { PageEnvironment } from '../../http/page-environment.ts';
import { sendPage } from '../../layout/document.tsx';
import { readService, type WatchedService } from '../../watch/read-service.ts';
import { count } from './figures.ts';
import { Machines } from './machines.tsx';
import { Members, Quality } from './members.tsx';
import { Money } from './money.tsx';
import type { Words } from './parts.tsx';
import type { ConsortiumDesk, ConsortiumState } from './read-consortium.ts';
import { Blocks, Rules } from './rules.tsx';

/** What the members' door needs. */
export type ConsortiumParts = {
  readonly api: PublicApi;
  /** Undefined where these pages have no ledger. */
  readonly desk: ConsortiumDesk | undefined;
  readonly watched: readonly WatchedService[];
};

/** Adds the members' door. It needs no script. */
export function addConsortiumPages(
  app: Hono,
  environment: PageEnvironment,
  parts: ConsortiumParts,
): void {
  app.get('/consortium', (context) => consortiumPage(context, environment, parts));
}

async function consortiumPage(
  context: Context,
  environment: PageEnvironment,
  { api, desk, watched }: ConsortiumParts,
): Promise<Response> {
  const [height, figures, services] = await Promise.all([
    api.height(),
    api.figures(),
    Promise.all(watched.map(readService)),
  ]);
  // Behind the height: what is read then is of that block or a later one.
  const upTo = height?.block ?? undefined;
  const state = await desk?.read(upTo);
  const { texts } = environment;
  const words: Words = { texts, language: texts.language };
  const { title, lead, contents } = texts.consortium;
  const parts = state === undefined ? machineParts : allParts;
  return sendPage(context, environment, {
    title,
    door: 'consortium',
    children: (
      <>
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        <StateOf state={state} upTo={upTo} {...words} />
        <nav aria-label={contents}>
          <ul class="jumps">
            {parts.map((part) => (
              <li>
                <a href={`#${part}`}>{texts.consortium[part].title}</a>
              </li>
            ))}
          </ul>
        </nav>
        <Machines height={height} services={services} {...words} />
        {state !== undefined && <Members {...state} {...words} />}
        <Quality figures={figures} {...words} />
        {state !== undefined && (
          <>
            <Money {...state} {...words} />
            <Rules {...state} {...words} />
            <Blocks {...state} isKnown={upTo !== undefined} {...words} />
          </>
        )}
      </>
    ),
  });
}

const machineParts = ['machines', 'quality'] as const;
const allParts = ['machines', 'members', 'quality', 'money', 'rules', 'blocks'] as const;

/** Of which block the page is, and whose word it is. */
function StateOf({
  state,
  upTo,
  texts,
  language,
}: Words & {
  readonly state: ConsortiumState | undefined;
  readonly upTo: number | undefined;
}) {
  const text = texts.consortium;
  if (state === undefined) {
    return (
      <div class="notice notice-warn">
        <p>
          <strong>{text.noLedger.title}</strong>
        </p>
        <p>{text.noLedger.hint}</p>
      </div>
    );
  }
  if (upTo === undefined) return <p class="chip chip-warn">{text.machines.alarm['api-away']}</p>;
  return (
    <p class="chip">
      {text.ledgerBehind(state.mspId)} <b>{count(upTo, language)}</b> {text.atLeast}
    </p>
  );
}

/** @jsxImportSource hono/jsx/dom */
import { professional } from '../../texts/en/professional.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { inLanguage } from '../lib/language.ts';
import type { ProfessionalSession } from './session.ts';

const texts = inLanguage({ en: professional });

/** Who works here, and the way out. */
export function Who({
  session: { professional: who, store },
  left,
}: {
  readonly session: ProfessionalSession;
  readonly left: () => void;
}) {
  const { source, roles, forget, forgetting, forgetHint } = texts.who;
  return (
    <section class="card" aria-labelledby="who">
      <h2 id="who">{who.name}</h2>
      <dl class="pairs">
        <dt>{source}</dt>
        <dd>
          <code id="my-source">{who.source}</code>
        </dd>
        <dt>{roles}</dt>
        <dd>{who.roles.map((role) => texts.roles[role]).join(', ')}</dd>
      </dl>
      <details>
        <summary>{forget}</summary>
        <p class="quiet">{forgetHint}</p>
        <ActionButton
          busy={forgetting}
          look="button-bad"
          run={async () => {
            await store.forget();
            left();
          }}
        >
          {forget}
        </ActionButton>
      </details>
    </section>
  );
}

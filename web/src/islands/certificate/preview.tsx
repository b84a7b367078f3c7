/** @jsxImportSource hono/jsx/dom */
import {
  type CertificateField,
  certificateFields,
  certifiedParts,
} from '@passport/model/certificate';
import * as z from 'zod/mini';

import type { Texts } from '../../texts/en/index.ts';
import { askAs, type AskingAs } from '../lib/ask-as.ts';
import { fill } from '../lib/fill.ts';
import { Loaded } from '../lib/loaded.tsx';
import { Report } from './report.tsx';

const previewed = z.object({ block: z.number(), madeUp: z.number(), ...certifiedParts });

/** What a certificate will say, as it is chosen: the owner reads it before anybody else can. */
export function Preview({
  vid,
  asking,
  chosen,
  texts,
}: {
  readonly vid: string;
  readonly asking: AskingAs;
  readonly chosen: readonly CertificateField[];
  readonly texts: Texts['certificate'];
}) {
  const words = texts.make;
  const load = async (): Promise<z.output<typeof previewed>> =>
    previewed.parse(
      // All of it once: what is chosen changes with each tick.
      await askAs(asking, 'POST', `/v1/vehicles/${vid}/certificates/preview`, {
        fields: certificateFields,
      }),
    );
  return (
    <section class="card" aria-labelledby="certificate-preview">
      <h2 id="certificate-preview">{words.preview}</h2>
      <Loaded load={load} watch={[vid]} loading={words.previewLoading} again={words.previewAgain}>
        {({ block, madeUp, ...parts }) => (
          <>
            <p class="quiet small">{fill(words.previewHint, { block })}</p>
            {madeUp > 0 && (
              <p class="notice notice-warn">{fill(texts.verify.madeUp.hint, { count: madeUp })}</p>
            )}
            {chosen.length === 0 ? (
              <p class="empty">{words.previewNone}</p>
            ) : (
              <Report
                claims={Object.fromEntries(chosen.map((field) => [field, parts[field]]))}
                texts={texts.verify}
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

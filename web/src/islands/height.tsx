/** @jsxImportSource hono/jsx/dom */
import { useEffect, useState } from 'hono/jsx/dom';
import * as z from 'zod/mini';

import { every } from './lib/every.ts';
import { mountIsland } from './lib/mount.tsx';

const status = z.object({ block: z.nullable(z.int()) });

/** Pause between two looks at the height. */
const LOOK_MS = 2_000;

type Texts = { readonly loading: string; readonly exact: string; readonly away: string };

/** The newest block that answers are exact at. */
function Height({ texts }: { readonly texts: Texts }) {
  const [block, setBlock] = useState<number | null | undefined>(undefined);
  useEffect(
    () =>
      every(
        LOOK_MS,
        async (signal) => {
          const response = await fetch('/v1/status', { signal });
          setBlock(response.ok ? status.parse(await response.json()).block : null);
        },
        () => setBlock(null),
      ),
    [],
  );
  if (block === undefined) return <p class="chip">{texts.loading}</p>;
  if (block === null) return <p class="chip chip-warn">{texts.away}</p>;
  return (
    <p class="chip chip-good" role="status">
      {texts.exact} <b>{block.toLocaleString(document.documentElement.lang)}</b>
    </p>
  );
}

mountIsland('height', Height);

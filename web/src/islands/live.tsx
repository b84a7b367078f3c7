/** @jsxImportSource hono/jsx/dom */
import type { LiveHeight, ReleasePoint } from '@passport/model';
import { useEffect, useState } from 'hono/jsx/dom';

import type { StreamedFigures } from '../api/live-answers.ts';
import { LiveView } from '../pages/live/live-view.tsx';
import type { RegionMap } from '../pages/live/region-cells.ts';
import { live } from '../texts/en/live.ts';
import { mountIsland } from './lib/mount.tsx';
import { applyLive, connectionOf, type LiveState } from './live/live-state.ts';
import { type Line, openStream } from './live/open-stream.ts';

/** The page looks at itself this often, to say that nothing has come, milliseconds. */
const LOOK_MS = 5_000;

type Props = {
  readonly figures?: StreamedFigures;
  readonly height?: LiveHeight;
  readonly releases: readonly ReleasePoint[];
  readonly map?: RegionMap;
};

/** The page as it moves: what the server has drawn, and then what the stream tells. */
function Live({ figures, height, releases, map }: Props) {
  const [state, setState] = useState<LiveState>({
    ...{ figures, height, releases, moved: [], movedMs: performance.now() },
  });
  const [line, setLine] = useState<Line>('opening');
  const [nowMs, setNow] = useState(performance.now());
  useEffect(
    () =>
      openStream('/v1/live', {
        onLine: setLine,
        onEvent: (event, data) => {
          const heardMs = performance.now();
          setNow(heardMs);
          setState((before) => applyLive(before, event, data, heardMs));
        },
      }),
    [],
  );
  useEffect(() => {
    const timer = globalThis.setInterval(() => setNow(performance.now()), LOOK_MS);
    return () => globalThis.clearInterval(timer);
  }, []);
  return (
    <LiveView
      {...state}
      map={map}
      connection={connectionOf(line, state, nowMs)}
      words={live}
      language={document.documentElement.lang}
    />
  );
}

mountIsland('live', Live);

/** @jsxImportSource hono/jsx/dom */
import type { CertificateIssuer } from '@passport/model/certificate';
import { useCallback, useEffect, useState } from 'hono/jsx/dom';

import type { Texts } from '../texts/en/index.ts';
import { type Check, check } from './certificate/check.ts';
import { Checked } from './certificate/checked.tsx';
import { worksOffline } from './certificate/works-offline.ts';
import { mountIsland } from './lib/mount.tsx';

type Props = {
  readonly issuers: readonly CertificateIssuer[];
  readonly texts: Texts['certificate']['verify'];
};

/** What stands behind `#`. Some readers of codes encode it once more. */
function textInAddress(): string {
  const text = location.hash.slice(1);
  return text.includes('%') ? decodeOnce(text) : text;
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // It is no encoding of anything: as it is, it is no certificate either.
    return text;
  }
}

/** Checks the certificate that stands in the address. It is sent to nobody. */
function Verify({ issuers, texts }: Props) {
  const [text, setText] = useState(textInAddress());
  const [found, setFound] = useState<Check | undefined>(undefined);
  const look = useCallback(() => {
    setFound(undefined);
    void check(text, issuers, () => new Date()).then(setFound);
  }, [text]);
  useEffect(() => {
    look();
    globalThis.addEventListener('online', look);
    return () => globalThis.removeEventListener('online', look);
  }, [look]);
  useEffect(() => {
    void worksOffline();
    const follow = (): void => setText(textInAddress());
    globalThis.addEventListener('hashchange', follow);
    return () => globalThis.removeEventListener('hashchange', follow);
  }, []);
  if (found === undefined) {
    return (
      <p class="loading" role="status">
        {texts.checking}
      </p>
    );
  }
  return <Checked text={text} found={found} texts={texts} again={look} />;
}

mountIsland('certificate-verify', Verify);

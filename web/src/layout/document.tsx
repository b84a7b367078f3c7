import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { html, raw } from 'hono/html';

import type { PageEnvironment } from '../http/page-environment.ts';
import { type Door, doors } from './doors.ts';

/** What a page says of itself. */
export type PageFrame = {
  readonly title: string;
  /** Which door it lies behind; none for the first page and those that belong to nobody. */
  readonly door?: Door;
  /** Islands that live on it: names of files in `islands/`. */
  readonly islands?: readonly string[];
  readonly status?: 200 | 404 | 500 | 503;
  readonly children: Child;
};

/** Answers a page as HTML. It is never stored: what it shows has its block. */
export function sendPage(
  context: Context,
  environment: PageEnvironment,
  frame: PageFrame,
): Response | Promise<Response> {
  const page = <Document {...frame} environment={environment} />;
  return context.html(html`<!doctype html>${page}`, frame.status ?? 200, {
    'Cache-Control': 'no-store',
  });
}

function Document({
  environment: { assets, apiUrl, texts },
  title,
  door,
  islands = [],
  children,
}: PageFrame & { readonly environment: PageEnvironment }) {
  return (
    <html lang={texts.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="api-url" content={apiUrl} />
        <title>{`${title} · ${texts.product}`}</title>
        <link rel="icon" href={icon} />
        <link rel="stylesheet" href={assets.pathOf('passport.css')} />
        {islands.map((name) => (
          <script type="module" src={assets.pathOf(`${name}.js`)} />
        ))}
      </head>
      <body>
        <a class="skip" href="#content">
          {texts.skip}
        </a>
        <header class="top">
          <a class="brand" href="/">
            <span class="brand-mark" aria-hidden="true" />
            {texts.product}
          </a>
          <nav aria-label={texts.navigation}>
            <ul>
              {doors.map((each) => (
                <li>
                  <a href={`/${each}`} {...(each === door ? { 'aria-current': 'page' } : {})}>
                    {texts.doors[each].name}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main id="content" tabindex={-1}>
          {children}
        </main>
        <footer class="bottom">
          <p>{texts.footer}</p>
          <p>
            <a href="/openapi.json">{texts.api}</a>
          </p>
        </footer>
      </body>
    </html>
  );
}

/** A log book's spine, as a picture in the address itself: no request. */
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="1" width="12" height="14" rx="2" fill="#0b5c5a"/><path d="M5 1v14" stroke="#fff"/><path d="M7.5 9.5l2 2 3-4" fill="none" stroke="#fff" stroke-width="1.5"/></svg>',
)}`;

/** Where an island comes to life; until then, and without scripts, `children` is what one sees. */
export function Island({
  name,
  data,
  children,
}: {
  readonly name: string;
  /** What the island starts from; it is on the page for everybody to read. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly children: Child;
}) {
  return (
    <div data-island={name} data-props={data === undefined ? '{}' : JSON.stringify(data)}>
      {children}
    </div>
  );
}

/** The place of an island that is nothing without scripts: it says that it loads, or why it cannot. */
export function LoadingIsland({
  name,
  data,
  texts: { loading, noScript },
}: {
  readonly name: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly texts: { readonly loading: string; readonly noScript: string };
}) {
  return (
    <Island name={name} {...(data === undefined ? {} : { data })}>
      <div class="loading" role="status">
        {loading}
      </div>
      <noscript>
        <p class="notice">{noScript}</p>
      </noscript>
    </Island>
  );
}

/** A picture that this server drew, such as an SVG of `charts/`: markup of our own making only. */
export function Picture({ svg }: { readonly svg: string }) {
  return <div class="picture">{raw(svg)}</div>;
}

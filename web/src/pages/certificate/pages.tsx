import type { Context, Hono } from 'hono';

import type { PageEnvironment } from '../../http/page-environment.ts';
import { Island, sendPage } from '../../layout/document.tsx';

/** The public pages about certificates, and the worker that keeps them for when there is no network. */
export function addCertificatePages(app: Hono, environment: PageEnvironment): void {
  app.get('/certificate', (context) => openPage(context, environment));
  app.get('/owner/certificate', (context) => makePage(context, environment));
  app.get('/certificate/verify', (context) => verifyPage(context, environment));
  app.get('/certificate/worker.js', (context) =>
    context.body(environment.assets.certificateWorker, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
      // The page without a slash behind it is outside of the worker's folder.
      'Service-Worker-Allowed': '/certificate',
    }),
  );
}

function openPage(context: Context, environment: PageEnvironment): Response | Promise<Response> {
  const texts = environment.texts.certificate.open;
  const { host } = new URL(context.req.url);
  return sendPage(context, environment, {
    title: texts.title,
    door: 'certificate',
    islands: ['certificate-open'],
    children: (
      <>
        <h1>{texts.title}</h1>
        <p class="lead">{texts.lead}</p>
        <div class="split">
          <section aria-labelledby="how">
            <h2 id="how">{texts.stepsTitle}</h2>
            <ol>
              {texts.steps.map((step) => {
                const [before, after] = step.split('{host}');
                return (
                  <li>
                    {before}
                    {after === undefined ? null : (
                      <>
                        <code>{host}</code>
                        {after}
                      </>
                    )}
                  </li>
                );
              })}
            </ol>
            <h2>{texts.makeTitle}</h2>
            <p>{texts.makeHint}</p>
            <p>
              <a class="button button-quiet" href="/owner/certificate">
                {texts.make}
              </a>
            </p>
          </section>
          <section class="card" aria-labelledby="other">
            <h2 id="other">{texts.otherTitle}</h2>
            <Island name="certificate-open" data={{ texts }}>
              <p class="quiet">{texts.scripts}</p>
            </Island>
          </section>
        </div>
      </>
    ),
  });
}

/**
 * The page is the same for all certificates: what is checked stands behind `#`, and is not sent here. The keys of issuers
 * stand in it, so that it checks without a network. Without them it is no page to keep: 503.
 */
async function verifyPage(context: Context, environment: PageEnvironment): Promise<Response> {
  const { verify, open } = environment.texts.certificate;
  const issuers = await environment.certificateIssuers();
  return sendPage(context, environment, {
    title: verify.title,
    door: 'certificate',
    islands: ['certificate-verify'],
    status: issuers.length === 0 ? 503 : 200,
    children: (
      <>
        <h1>{verify.title}</h1>
        <Island name="certificate-verify" data={{ texts: verify, issuers }}>
          <p class="quiet">{open.scripts}</p>
        </Island>
      </>
    ),
  });
}

/** An owner's: it is the same for all of them, and what is theirs is in their browser. */
function makePage(context: Context, environment: PageEnvironment): Response | Promise<Response> {
  const { certificate } = environment.texts;
  const { open, make, verify, owner } = certificate;
  return sendPage(context, environment, {
    title: make.title,
    door: 'owner',
    islands: ['owner-certificate'],
    children: (
      <>
        <h1>{make.title}</h1>
        <p class="lead">{make.lead}</p>
        <Island name="owner-certificate" data={{ texts: { open, make, verify, owner } }}>
          <p class="quiet">{open.scripts}</p>
        </Island>
      </>
    ),
  });
}

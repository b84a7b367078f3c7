/**
 * Answers the pages about certificates where there is no network. It keeps those pages, and the files that they take, and
 * nothing that anybody was told: what is asked of the API goes by it. It is bundled for itself, with {@link FILES} put in.
 */

/** Paths of files that never change: their names carry a hash. */
declare const FILES: readonly string[];
/** Another one with other files. */
declare const VERSION: string;

// What a worker has, as far as it is used here: TypeScript has pages or workers, and these sources are pages.
type Waiting = Event & { waitUntil(work: Promise<unknown>): void };
type Fetching = Waiting & {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
};
const worker = globalThis as unknown as EventTarget & {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
};

const PREFIX = 'passport-certificate-';
const NAME = `${PREFIX}${VERSION}`;
const PAGES = ['/certificate', '/certificate/verify'];
/** After so long a network counts as none. */
const NETWORK_MS = 4_000;

worker.addEventListener('install', (event) => (event as Waiting).waitUntil(install()));
worker.addEventListener('activate', (event) => (event as Waiting).waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { request } = event as Fetching;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (PAGES.includes(pathname)) (event as Fetching).respondWith(page(pathname, request));
  else if (FILES.includes(pathname)) (event as Fetching).respondWith(file(pathname, request));
});

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll([...FILES, ...PAGES]);
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
  await worker.clients.claim();
}

/** From the network, which knows the issuers of today; from here where that fails. */
async function page(pathname: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const answer = await fetch(request, { signal: AbortSignal.timeout(NETWORK_MS) }).catch(
    () => undefined,
  );
  if (answer?.ok === true) {
    await cache.put(pathname, answer.clone());
    return answer;
  }
  return (await cache.match(pathname)) ?? answer ?? Response.error();
}

async function file(pathname: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(pathname)) ?? fetch(request);
}

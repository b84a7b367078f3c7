/** Where the worker is, and which pages it answers for without a network. */
const WORKER = '/certificate/worker.js';
const SCOPE = '/certificate';

/**
 * Has the browser keep what checking a certificate takes, so that it works without a network from now on. Resolves to
 * whether it does.
 */
export async function worksOffline(): Promise<boolean> {
  // Browsers have it on https and on the own machine only, whatever the types say.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return false;
  try {
    await workers.register(WORKER, { scope: SCOPE });
    await workers.ready;
    return true;
  } catch {
    // No storage, a private window, or no network just now: checking goes on online.
    return (await workers.getRegistration(SCOPE))?.active !== undefined;
  }
}

import { cp, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const STORE = 'store-';
const DRAFT = '.draft';

/**
 * The folders of a ledger: stores, numbered, of which the one with the highest number counts, and
 * the named snapshots. Each change becomes visible by one rename, so that a crash leaves either
 * what was there before or what was to be.
 */
export class LedgerFolders {
  readonly #root: string;

  /** Takes the folder that is all the ledger's own. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The folder of the store that counts; the others, left over by a crash, are deleted. */
  async currentStore(): Promise<string> {
    await mkdir(this.#root, { recursive: true });
    const current = await this.#newestStore();
    for (const name of await readdir(this.#root)) {
      if (!name.startsWith(STORE) || name === current) continue;
      await rm(join(this.#root, name), { recursive: true, force: true });
    }
    return join(this.#root, current);
  }

  /** Copies a snapshot to be the next store; the present one stays for whoever still reads it. */
  async snapshotAsNextStore(name: string): Promise<string> {
    const next = `${STORE}${numberOf(await this.#newestStore()) + 1}`;
    const draft = join(this.#root, `${next}${DRAFT}`);
    await cp(this.#snapshot(name), draft, { recursive: true });
    await syncFolder(draft);
    await rename(draft, join(this.#root, next));
    return join(this.#root, next);
  }

  /** Names of the snapshots, sorted. */
  async snapshotNames(): Promise<string[]> {
    await mkdir(join(this.#root, 'snapshots'), { recursive: true });
    const names = await readdir(join(this.#root, 'snapshots'));
    return names.filter((name) => !name.endsWith(DRAFT)).sort();
  }

  /** Makes a snapshot of what `fill` writes into an empty folder; replaces one of that name. */
  async writeSnapshot(name: string, fill: (folder: string) => Promise<void>): Promise<void> {
    const target = this.#snapshot(name);
    const draft = `${target}${DRAFT}`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    await fill(draft);
    await syncFolder(draft);
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
  }

  async #newestStore(): Promise<string> {
    const numbers = (await readdir(this.#root))
      .filter((name) => name.startsWith(STORE) && !name.endsWith(DRAFT))
      .map((name) => numberOf(name));
    return `${STORE}${Math.max(1, ...numbers)}`;
  }

  #snapshot(name: string): string {
    return join(this.#root, 'snapshots', name);
  }
}

function numberOf(store: string): number {
  return Number(store.slice(STORE.length));
}

/** Has the contents of a folder's files on the disk before the folder gets its name. */
async function syncFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = await open(join(folder, name), 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { ConfigOption } from '@passport/runtime';
import type { z } from 'zod';

import type { ComposeService } from './read-compose.ts';

/** The project's root, which is an image's working folder too. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The main file that a container of ours runs, by its path from the root; undefined for others. */
export function mainOf({ build, command }: ComposeService): string | undefined {
  return build === undefined ? undefined : command.find((word) => word.endsWith('/main.ts'));
}

/** Whether a service's main file is there. */
export function hasMain(service: ComposeService): boolean {
  const main = mainOf(service);
  return main === undefined || existsSync(join(root, main));
}

/** A module of the project by its path: what runs in containers has no exports for that. */
export async function load<Module>(path: string): Promise<Module> {
  return (await import(pathToFileURL(join(root, path)).href)) as Module;
}

/** Settings of a service and how they are written. */
export type ServiceConfig = {
  readonly settings: z.ZodObject;
  readonly options: Readonly<Record<string, ConfigOption>>;
};

/** The settings of a main file: `config.ts` beside it, where that has options. */
export async function configOf(main: string): Promise<ServiceConfig | undefined> {
  const path = join(dirname(main), 'config.ts');
  if (!existsSync(join(root, path))) return undefined;
  const found = await load<Partial<ServiceConfig>>(path);
  const { settings, options } = found;
  return settings === undefined || options === undefined ? undefined : { settings, options };
}

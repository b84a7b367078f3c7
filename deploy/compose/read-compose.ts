import { parse } from 'yaml';
import { z } from 'zod';

const dependency = z.object({
  condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
});

const service = z.object({
  image: z.string(),
  build: z.object({ dockerfile: z.string() }).optional(),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  // A list of NAME=value is allowed too; ours are all maps of texts.
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), dependency).default({}),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
  profiles: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  user: z.string().optional(),
  read_only: z.boolean().default(false),
  restart: z.string().optional(),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).default([]),
  mem_limit: z.string().optional(),
  pids_limit: z.number().optional(),
});

const file = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.object({})),
});

/** A compose file, as far as it is of interest here. */
export type Compose = Readonly<z.output<typeof file>>;

/** One service of it. */
export type ComposeService = Compose['services'][string];

type Variables = Readonly<Record<string, string>>;

/**
 * Reads a compose file with its anchors, merges and variables. Throws for what is not as ours is, and
 * for a variable that the file demands and that is not given.
 */
export function readCompose(text: string, variables: Variables): Compose {
  const document: unknown = parse(text, { merge: true });
  return file.parse(fillIn(document, variables));
}

function fillIn(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return fillInText(value, variables);
  if (Array.isArray(value)) return value.map((item: unknown) => fillIn(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillIn(item, variables)]),
  );
}

/** The two forms in use: `${NAME:?what is missing}` and `${NAME:-default}`. */
function fillInText(text: string, variables: Variables): string {
  return text.replaceAll(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, form, rest: string) => {
    const given = variables[name] ?? '';
    if (given !== '') return given;
    if (form === '?') throw new Error(`${name} ${rest}`);
    return rest;
  });
}

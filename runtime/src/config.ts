import { parseArgs } from 'node:util';

import { z } from 'zod';

import { AppError } from './app-error.ts';

/** One setting as the operator meets it; its type and default are in the schema. */
export type ConfigOption = {
  /** Name of its environment variable, where it has one. */
  readonly env?: string;
  /** Its flag, without the dashes. */
  readonly flag: string;
  readonly help: string;
  /** True when the flag takes no value; its variable then says `true` or `false`. */
  readonly isSwitch?: boolean;
};

/** The options of a schema: one for each of its fields. */
export type ConfigOptions<Schema extends z.ZodObject> = {
  readonly [field in keyof Schema['shape']]: ConfigOption;
};

/** The configuration cannot be used; the message names each flag and variable, and why. */
export class ConfigurationError extends AppError {
  constructor(message: string) {
    super(message, { code: 'CONFIGURATION', retry: 'never' });
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a configuration: flags, then variables of the environment, then the schema's defaults.
 * Fields arrive as strings (switches as booleans): the schema turns them into what it needs. An
 * empty variable counts as none. Throws {@link ConfigurationError}.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  options: ConfigOptions<Schema>,
  argv: readonly string[],
  env: Environment,
): z.output<Schema> {
  const fields: Record<string, ConfigOption> = options;
  const flags = readFlags(fields, argv);
  const given: Record<string, unknown> = {};
  for (const [field, option] of Object.entries(fields)) {
    const value = flags[option.flag] ?? fromVariable(option, env);
    if (value !== undefined) given[field] = value;
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ConfigurationError(describe(parsed.error, fields));
  return parsed.data;
}

/** The help text: how to call the program, and each option with its variable and default. */
export function helpText<Schema extends z.ZodObject>(
  usage: string,
  schema: Schema,
  options: ConfigOptions<Schema>,
): string {
  const rows = Object.entries<ConfigOption>(options).map(([field, option]) => ({
    left: `  --${option.flag}${option.isSwitch === true ? '' : ' VALUE'}`,
    right: option.help + remarks([option.env, defaultOf(schema, field)]),
  }));
  rows.push({ left: '  --help', right: 'Print this and exit' });
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  return [usage, '', ...rows.map(({ left, right }) => left.padEnd(width) + right), ''].join('\n');
}

function readFlags(
  fields: Record<string, ConfigOption>,
  argv: readonly string[],
): Record<string, unknown> {
  const options = Object.fromEntries(
    Object.values(fields).map(({ flag, isSwitch }) => [
      flag,
      { type: isSwitch === true ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options, allowNegative: true }).values;
  } catch (error) {
    throw new ConfigurationError(error instanceof Error ? error.message : String(error));
  }
}

function fromVariable(option: ConfigOption, env: Environment): string | boolean | undefined {
  const value = option.env === undefined ? undefined : env[option.env];
  if (value === undefined || value === '') return undefined;
  if (option.isSwitch !== true || !['true', 'false'].includes(value)) return value;
  return value === 'true';
}

function describe(error: z.ZodError, fields: Record<string, ConfigOption>): string {
  return error.issues
    .map(({ path: [field, ...rest], message }) => {
      const option = fields[String(field)];
      const where =
        option === undefined ? String(field) : `--${option.flag}${remarks([option.env])}`;
      return `${[where, ...rest.map(String)].join('.')}: ${message}`;
    })
    .join('; ');
}

function defaultOf(schema: z.ZodObject, field: string): string | undefined {
  const parsed = z.safeParse(schema.shape[field] ?? z.never(), undefined);
  const isShown = parsed.success && parsed.data !== undefined && parsed.data !== false;
  return isShown ? `default ${JSON.stringify(parsed.data)}` : undefined;
}

function remarks(parts: readonly (string | undefined)[]): string {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

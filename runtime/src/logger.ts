import { pino, stdSerializers, stdTimeFunctions } from 'pino';

/** Severity, lowest first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * One line of the log: `event` in dotted snake case names what happened, ids and figures are
 * fields, an Error goes under `error`. Personal data stays out.
 */
export type LogFields = { readonly event: string; readonly [field: string]: unknown };

/** Where a service logs what an operator may want to know. */
export type Logger = { readonly [level in LogLevel]: (fields: LogFields) => void };

/** Settings of {@link createLogger}. */
export type LoggerOptions = {
  /** The service, in every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Names of fields whose values never appear, besides {@link secretFields}. */
  readonly redact?: readonly string[];
  /** Takes the lines; standard error by default, since standard output is for the ready line. */
  readonly destination?: { write(line: string): void };
};

/** Fields that hold secrets: their values are replaced, at the top and up to two levels deeper. */
export const secretFields = [
  'authorization',
  'cookie',
  'credential',
  'credentials',
  'passphrase',
  'password',
  'privateKey',
  'secret',
  'token',
] as const;

const STANDARD_ERROR = 2;

/** Makes a logger that writes one JSON object a line, at once (a crash loses nothing). */
export function createLogger(options: LoggerOptions): Logger {
  const hidden = [...secretFields, ...(options.redact ?? [])];
  return pino(
    {
      base: { name: options.name, pid: process.pid },
      level: options.level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.errWithCause },
      redact: {
        paths: hidden.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
    },
    options.destination ?? pino.destination({ dest: STANDARD_ERROR, sync: true }),
  );
}

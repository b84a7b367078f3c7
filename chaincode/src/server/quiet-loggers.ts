import { createRequire } from 'node:module';

type LogMethod = (...parts: unknown[]) => unknown;
type ShimLogger = Record<string, LogMethod> & { isLevelEnabled(level: string): boolean };

const chattyLevels = ['info', 'http', 'verbose', 'debug', 'silly'];

/**
 * Keeps the shim's loggers from formatting what they will not write: winston formats each message
 * before it looks at the level, which takes a quarter of the chaincode's time. To be called before
 * the shim is loaded, and after the log level is in the environment.
 */
export function quietLoggers(): void {
  const require = createRequire(import.meta.url);
  const loggers = require('fabric-shim/lib/logger.js') as { getLogger(name?: string): ShimLogger };
  const getLogger = loggers.getLogger.bind(loggers);
  loggers.getLogger = (name) => {
    const logger = getLogger(name);
    for (const level of chattyLevels) {
      if (!logger.isLevelEnabled(level)) logger[level] = () => logger;
    }
    return logger;
  };
}

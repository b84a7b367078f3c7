export { AppError, type RetryClass } from './app-error.ts';
export {
  inheritedVariables,
  type ProcessEnd,
  ProcessError,
  type ProcessOptions,
  readyEvent,
  type RunningProcess,
  startProcess,
} from './child-process.ts';
export { settledWithin, sleep, startTimer, type StartTimer, systemNow } from './clock.ts';
export {
  type ConfigOption,
  type ConfigOptions,
  ConfigurationError,
  helpText,
  readConfig,
} from './config.ts';
export { type HealthOptions, type HealthServer, startHealthServer } from './health-server.ts';
export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  secretFields,
} from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { systemRandom } from './random.ts';
export { delayLimitMs, retry, type RetryOptions, type RetryPolicy } from './retry.ts';
export { runService, type Service, type ServiceContext, type StartedService } from './service.ts';
export { serviceOptions, serviceSettings } from './service-settings.ts';

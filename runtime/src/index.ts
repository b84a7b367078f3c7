// What only a process on Node can do stands here, all else in browser.ts, which is the package in a browser.
export * from './browser.ts';
export {
  inheritedVariables,
  type ProcessEnd,
  ProcessError,
  type ProcessOptions,
  readyEvent,
  type RunningProcess,
  startProcess,
} from './child-process.ts';
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
export { runCommand } from './run-command.ts';
export { runService, type Service, type ServiceContext, type StartedService } from './service.ts';
export { serviceOptions, serviceSettings } from './service-settings.ts';
export { syncFolder } from './sync-folder.ts';
export { type BucketLimit, TokenBucket } from './token-bucket.ts';
export { answerFlags, batchFlags, foldsFlags, streamFlags } from './v8-flags.ts';

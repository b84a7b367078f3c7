export { findCommand } from './install/find-command.ts';
export { type Installation, installOnce } from './install/install-once.ts';
export { runTool, type Tool } from './install/run-tool.ts';
export { ServerMissing } from './install/server-missing.ts';
export { hasKafkaTools } from './kafka/kafka-jars.ts';
export { type KafkaOptions, type LocalKafka, startKafka } from './kafka/start-kafka.ts';
export {
  type LocalObjectServer,
  type ObjectServerOptions,
  startObjectServer,
} from './object-server/start-object-server.ts';
export type { LocalServer } from './process/server-process.ts';
export {
  type LocalRedis,
  type RedisOptions,
  type RedisRole,
  startRedis,
} from './redis/start-redis.ts';

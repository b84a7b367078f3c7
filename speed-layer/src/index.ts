export {
  type CellSum,
  type Delta,
  type PartitionState,
  SpeedReader,
} from './reader/speed-reader.ts';
export { PartitionHalted } from './consumer.ts';
export { runSpeedLayer, type SpeedOptions } from './speed-service.ts';
export { viewsOptions, viewsSettings } from './config.ts';
export { connectViews, isViewsOutage } from './views-connection.ts';
export type { Position } from './store/position.ts';
export { SpeedStore } from './store/speed-store.ts';

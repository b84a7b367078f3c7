export { ConfigError, type DevnetConfig, type DevnetConfigInput, parseConfig } from './config.ts';
export type { DevnetStatus } from './control/control-api.ts';
export { type Devnet, startDevnet } from './devnet.ts';
export { devnetCommand } from './devnet-command.ts';
export type { DevnetEnvironment } from './environment.ts';
export type { NetworkProfile } from './network-profile.ts';

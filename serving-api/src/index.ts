export { createApp } from './http/app.ts';
export type { AppOptions } from './http/app-options.ts';
export { type LiveOptions, LiveMirror } from './mirror/live-mirror.ts';
export { defaultMirrorLimits, Mirror, type MirrorOptions, NotYet } from './mirror/mirror.ts';
export { ReleasedMirror, type ReleasedOptions } from './released/released-mirror.ts';

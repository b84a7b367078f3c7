export type { StartTimer } from '@passport/runtime';

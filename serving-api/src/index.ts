export { createApp } from './http/app.ts';
export type { AppOptions } from './http/app-options.ts';
export { type LiveOptions, LiveMirror } from './mirror/live-mirror.ts';
export { defaultMirrorLimits, Mirror, type MirrorOptions, NotYet } from './mirror/mirror.ts';
export { ReleasedMirror, type ReleasedOptions } from './released/released-mirror.ts';
export { defaultSqlLimits, type SqlLimits } from './sql/limits.ts';
export { tableColumns, tableValues } from './sql/released-tables.ts';
export { SqlDesk, type SqlDeskOptions, type SqlQuestion } from './sql/sql-desk.ts';
export { sqlPrice, sqlPriceMax } from './sql/sql-price.ts';

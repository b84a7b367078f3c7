export { AppError, type RetryClass } from './app-error.ts';
export { settledWithin, sleep, startTimer, type StartTimer, systemNow } from './clock.ts';
export { systemRandom, systemRandomBytes } from './random.ts';
export { delayLimitMs, retry, type RetryOptions, type RetryPolicy } from './retry.ts';

/** Calls back once, after a time in milliseconds; the function it returns cancels the call. */
export type StartTimer = (ms: number, callback: () => void) => () => void;

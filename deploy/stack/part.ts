/** A container's process on this machine. */
export type Part = { stop(): Promise<unknown> };

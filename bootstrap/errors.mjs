/** A failure that the reader of the message can mend; it is printed without a stack trace. */
export class BootstrapError extends Error {}

/** A signal ended an installation, so it ends this process as well. */
export class Interrupted extends Error {
  /** @param {import('./child.mjs').End} end */
  constructor(end) {
    super(`Interrupted by ${end.signal}.`);
    this.end = end;
  }
}

/**
 * Tells the person at the terminal what takes time. Standard output belongs to the tool.
 *
 * @param {string} message
 */
export function say(message) {
  console.error(message);
}

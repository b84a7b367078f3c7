/** A port of the configuration cannot be listened on. */
export class PortUnavailable extends Error {
  readonly code = 'DEVNET_PORT_UNAVAILABLE';

  /** `purpose` says what was to listen, and the cause why it cannot. */
  constructor(port: number, purpose: string, cause: Error) {
    super(
      `port ${port} for ${purpose} cannot be used: ${cause.message}. ` +
        'Stop what uses it, or configure another port, or 0 for a free one',
      { cause },
    );
    this.name = 'PortUnavailable';
  }
}

/**
 * Why the network could not be started, changed or stopped.
 *
 * - `usage`: the command line or an option is wrong;
 * - `binary-missing`: one of Fabric's programs is not on PATH;
 * - `already-running`: the folder holds a network that runs;
 * - `not-running`: the folder holds no running network;
 * - `port-taken`: something else listens where a node or chaincode server should;
 * - `command-failed`: one of Fabric's programs ended with an error;
 * - `process-ended`: a node or chaincode server ended when it should run;
 * - `timed-out`: something did not become ready in time;
 * - `interrupted`: the caller's signal asked to give up.
 */
export type FabricNetworkErrorCode =
  | 'usage'
  | 'binary-missing'
  | 'already-running'
  | 'not-running'
  | 'port-taken'
  | 'command-failed'
  | 'process-ended'
  | 'timed-out'
  | 'interrupted';

/** The expected failures of this folder; the code is stable, the message is for people. */
export class FabricNetworkError extends Error {
  override readonly name = 'FabricNetworkError';
  readonly code: FabricNetworkErrorCode;

  constructor(code: FabricNetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The exit code of the command for each failure; 3 tells a caller that Fabric is not installed. */
export const exitCodes: Readonly<Record<FabricNetworkErrorCode, number>> = {
  usage: 2,
  'binary-missing': 3,
  'already-running': 4,
  'not-running': 5,
  'port-taken': 1,
  'command-failed': 1,
  'process-ended': 1,
  'timed-out': 1,
  interrupted: 130,
};

/** Throws the `interrupted` error where the signal has fired. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new FabricNetworkError('interrupted', 'Interrupted.');
  }
}

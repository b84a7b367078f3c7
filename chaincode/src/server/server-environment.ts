import type { ServerOptions } from './chaincode-server.ts';

/** A variable that the server needs is missing or cannot be used. */
export class EnvironmentError extends Error {
  readonly code = 'CHAINCODE_ENVIRONMENT';

  constructor(message: string) {
    super(message);
    this.name = 'EnvironmentError';
  }
}

/**
 * Reads the variables that Fabric names for chaincode as a service: CHAINCODE_SERVER_ADDRESS
 * (`host:port`) and CHAINCODE_ID (the package id). Throws {@link EnvironmentError}.
 */
export function readServerEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): ServerOptions {
  const address = variables['CHAINCODE_SERVER_ADDRESS'] ?? '';
  const packageId = variables['CHAINCODE_ID'] ?? '';
  if (!/^.+:\d{1,5}$/.test(address)) {
    throw new EnvironmentError('CHAINCODE_SERVER_ADDRESS must be host:port');
  }
  if (packageId === '') {
    throw new EnvironmentError('CHAINCODE_ID must be the package id that the peers know');
  }
  return { address, packageId };
}

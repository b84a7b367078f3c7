import type { peer } from '@hyperledger/fabric-protos';

import { errorResponse, success } from '../endorsing/chaincode-response.ts';

/**
 * The system chaincode of channel configurations, as far as applications use it: the newest
 * configuration block. `checkAccess` throws when the caller may not read the channel.
 * Source: Fabric, core/scc/cscc/configure.go.
 */
export function queryConfiguration(
  channelId: string,
  configBlock: () => Uint8Array,
  args: readonly Uint8Array[],
  checkAccess: () => void,
): peer.Response {
  const [name = '', channel = ''] = args.map((argument) => Buffer.from(argument).toString());
  if (name !== 'GetConfigBlock') {
    return errorResponse(`Requested function ${name} not found.`);
  }
  try {
    if (channel !== channelId) {
      throw new Error(`Failed to get policy manager for channel [${channel}]`);
    }
    checkAccess();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return errorResponse(`access denied for [${name}][${channel}]: ${reason}`);
  }
  return success(configBlock());
}

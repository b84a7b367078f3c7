import { peer } from '@hyperledger/fabric-protos';

/** Responses of this status and above are not endorsed (Fabric, chaincode shim). */
export const ERROR_THRESHOLD = 400;
/** Status of a chaincode that failed. */
export const ERROR = 500;
const SUCCESS = 200;

/** A chaincode response of status 200. */
export function success(payload: Uint8Array): peer.Response {
  const response = new peer.Response();
  response.setStatus(SUCCESS);
  response.setPayload(payload);
  return response;
}

/** A chaincode response of status 500. */
export function errorResponse(message: string): peer.Response {
  const response = new peer.Response();
  response.setStatus(ERROR);
  response.setMessage(message);
  return response;
}

/** What signs, for browser and Node alike: nothing of Node is on its path. */
export { signVoucher, type VoucherToSign } from './market/sign-voucher.ts';
export { PROOF_HEADER, type ProvenRequest } from './request-proof/proof.ts';
export { signRequest } from './request-proof/sign-request.ts';
export { keyIdOf } from './signing/key-id.ts';
export {
  generatePrivateJwk,
  type PersonKey,
  personKeyOf,
  privateJwk,
  type PrivateJwk,
} from './signing/person-key.ts';
export { type CommandToSign, signCommand } from './signing/sign-command.ts';

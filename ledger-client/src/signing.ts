/** What signs, for browser and Node alike: nothing of Node is on its path. */
export { signVoucher, type VoucherToSign } from './market/sign-voucher.ts';
export { PROOF_HEADER, type ProvenRequest } from './request-proof/proof.ts';
export { proveRequest } from './request-proof/prove-request.ts';
export { keyIdOf } from './signing/key-id.ts';
export { type CommandToSign, signCommand } from './signing/sign-command.ts';
export type { SignerKey } from './signing/signer-key.ts';

export {
  type Contributor,
  ENVELOPE_VERSION,
  PAPERS,
  SEALING_SUITE,
  type SealedFor,
} from './associated-data.ts';
export { ENVELOPE_OVERHEAD_BYTES } from './envelope.ts';
export { epochIn } from './envelope-text.ts';
export type { RandomBytes } from './hpke.ts';
export { SCALAR_BYTES } from './hpke-of.ts';
export {
  type Opened,
  Opener,
  type OpenerOptions,
  type OpeningFault,
  type SealedThing,
} from './opener.ts';
export { PAIRWISE_KEY_BYTES, type PairwiseId, pairwiseId } from './pairwise-id.ts';
export {
  IN_CLEAR,
  type KeyToSealTo,
  Sealer,
  type SealerOptions,
  type SealingKeys,
} from './sealer.ts';
export {
  currentKeys,
  deriveSealingKey,
  isKeyOf,
  type KeyAddress,
  publicKeyOfScalar,
  ROOT_KEY_BYTES,
  type SealingKeyPair,
} from './sealing-key.ts';
export { openKeys, type ScopeKey, sealKeys, type WrapContext } from './wrap.ts';

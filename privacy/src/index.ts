export { PAIRWISE_KEY_BYTES, type PairwiseId, pairwiseId } from './pairwise-id.ts';

export { type BlindedVin, blindVin, tagsOf } from './client.ts';
export { type Evaluation, OprfEvaluator, type RandomBytes } from './evaluator.ts';
export { ELEMENT_BYTES, PROOF_BYTES } from './suite.ts';
export { keyIdOfTag, type OprfKeyId, oprfKeyId, oprfKeyIdOf, type VinTag, vinTag } from './tag.ts';

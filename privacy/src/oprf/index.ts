export { type BlindedVin, blindVin, tagsOf } from './client.ts';
export { type Evaluation, OprfEvaluator } from './evaluator.ts';
export { ELEMENT_BYTES, PROOF_BYTES, type RandomBytes } from './suite.ts';
export { keyIdOfTag, type OprfKeyId, oprfKeyId, oprfKeyIdOf, type VinTag, vinTag } from './tag.ts';

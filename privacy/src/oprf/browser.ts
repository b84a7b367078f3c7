// What an intake in a browser needs of the OPRF. Its evaluator is a server's.
export { type BlindedVin, blindVin, tagsOf } from './browser-client.ts';
export { keyIdOfTag, type OprfKeyId, oprfKeyId, oprfKeyIdOf, type VinTag, vinTag } from './tag.ts';

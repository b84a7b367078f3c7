import type { ProductVersion } from '@passport/model';

import { tableFormats } from '../formats/formats.ts';
import type { OfferedProduct } from './load-products.ts';

/** How often new data come, as DCAT's frequencies have it (Dublin Core's Collection Description). */
const frequencies = {
  block: 'http://purl.org/cld/freq/continuous',
  epoch: 'http://purl.org/cld/freq/continuous',
  day: 'http://purl.org/cld/freq/daily',
} as const;

/**
 * A product for the catalogues of others: a data set of DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/) as
 * JSON-LD, its distributions by format, its versions by digest. `url` is the product's own.
 */
export function dcatOf(
  { product, descriptor, digest }: OfferedProduct,
  revisions: readonly Pick<ProductVersion, 'version' | 'digest' | 'publishedAt'>[],
  url: string,
): Readonly<Record<string, unknown>> {
  const { title, summary, terms, fields, refresh } = descriptor;
  const own = revisions.find((revision) => revision.digest === digest);
  const oldest = revisions.at(-1);
  return {
    '@context': {
      dcat: 'http://www.w3.org/ns/dcat#',
      dct: 'http://purl.org/dc/terms/',
      schema: 'https://schema.org/',
      spdx: 'http://spdx.org/rdf/terms#',
    },
    '@id': url,
    '@type': 'dcat:Dataset',
    'dct:identifier': product,
    'dct:title': title,
    'dct:description': summary,
    'dct:license': terms.licence,
    'dct:rights': terms.text,
    'dct:accrualPeriodicity': { '@id': frequencies[refresh] },
    'dcat:keyword': terms.purposes,
    ...(own === undefined
      ? {}
      : { 'dcat:version': String(own.version), 'dct:modified': own.publishedAt }),
    ...(oldest === undefined ? {} : { 'dct:issued': oldest.publishedAt }),
    'spdx:checksum': {
      'spdx:algorithm': { '@id': 'http://spdx.org/rdf/terms#checksumAlgorithm_sha256' },
      'spdx:checksumValue': digest,
    },
    'schema:variableMeasured': fields.map(({ name, means, unit }) => ({
      '@type': 'schema:PropertyValue',
      'schema:name': name,
      'schema:description': means,
      ...(unit === undefined ? {} : { 'schema:unitText': unit }),
    })),
    'dcat:distribution': tableFormats.map(({ mediaType }) => ({
      '@type': 'dcat:Distribution',
      'dcat:accessURL': { '@id': url },
      'dcat:mediaType': mediaType,
    })),
  };
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  canonicalJson,
  DESCRIPTOR_LENGTH_MAX,
  descriptorIssues,
  type Digest,
  digestOfJson,
  type JsonValue,
  type ProductDescriptor,
  productDescriptor,
  type ProductId,
  productId,
} from '@passport/model';
import { ConfigurationError } from '@passport/runtime';

/** A product as its file says it. */
export type OfferedProduct = {
  readonly product: ProductId;
  readonly descriptor: ProductDescriptor;
  /** Of the descriptor's canonical JSON, as the ledger has it. */
  readonly digest: Digest;
};

const SUFFIX = '.json';

/**
 * Reads the products of a folder, a file each, by name. Throws ConfigurationError, which says in one
 * message what is wrong with each file, and where.
 */
export async function loadProducts(folder: string): Promise<readonly OfferedProduct[]> {
  const found = await readdir(folder).catch((error: unknown) => {
    throw new ConfigurationError(`the folder of products ${folder} cannot be read: ${why(error)}`);
  });
  const files = found.filter((file) => file.endsWith(SUFFIX)).sort();
  if (files.length === 0) throw new ConfigurationError(`there are no products in ${folder}`);
  const read = await Promise.all(files.map((file) => readProduct(folder, file)));
  const issues = read.flatMap((one) => ('issues' in one ? one.issues : []));
  if (issues.length > 0) {
    throw new ConfigurationError(`products cannot be offered:\n  ${issues.join('\n  ')}`);
  }
  return read.flatMap((one) => ('issues' in one ? [] : [one]));
}

async function readProduct(
  folder: string,
  file: string,
): Promise<OfferedProduct | { readonly issues: readonly string[] }> {
  const path = join(folder, file);
  const named = productId.safeParse(file.slice(0, -SUFFIX.length));
  if (!named.success) return { issues: [`${path}: its name is no name of a product`] };
  const text = await readFile(path, 'utf8');
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return { issues: [`${path}: it is no JSON: ${why(error)}`] };
  }
  const issues = descriptorIssues(value);
  if (issues.length > 0) return { issues: issues.map((issue) => `${path}${issue}`) };
  const { length } = canonicalJson(value);
  if (length > DESCRIPTOR_LENGTH_MAX) {
    return { issues: [`${path}: ${length} characters, ${DESCRIPTOR_LENGTH_MAX} are the limit`] };
  }
  return {
    product: named.data,
    descriptor: productDescriptor.parse(value),
    digest: digestOfJson(value),
  };
}

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

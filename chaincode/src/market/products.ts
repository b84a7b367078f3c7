import {
  type Digest,
  digestOfJson,
  canonicalJson,
  DESCRIPTOR_LENGTH_MAX,
  type JsonValue,
  type marketContract,
  type MspId,
  PassportError,
  type Product,
  type ProductDescriptor,
  type ProductId,
  type ProductVersion,
  type ReadRequestOf,
} from '@passport/model';

import { requireCaller } from '../members/member-state.ts';
import { counterName } from '../transaction/key.ts';
import type { Transaction } from '../transaction/transaction.ts';

const productKey = (product: ProductId) => ['product', product] as const;
const versionKey = (product: ProductId, version: number) =>
  ['product-version', product, counterName(version)] as const;

/** A product as it is now. Throws PassportError `PRODUCT_UNKNOWN`. */
export async function requireProduct(tx: Transaction, id: ProductId): Promise<Product> {
  const product = await tx.get<Product>(productKey(id));
  if (product !== undefined) return product;
  throw new PassportError('PRODUCT_UNKNOWN', `there is no product ${id}`);
}

/** One version of a product. Throws PassportError `PRODUCT_UNKNOWN`. */
export async function requireVersion(
  tx: Transaction,
  product: ProductId,
  version: number,
): Promise<ProductVersion> {
  const found = await tx.get<ProductVersion>(versionKey(product, version));
  if (found !== undefined) return found;
  throw new PassportError('PRODUCT_UNKNOWN', `${product} has no version ${version}`);
}

/** All products. A range. */
export async function listProducts(tx: Transaction): Promise<Product[]> {
  const products: Product[] = [];
  for await (const { value } of tx.list<Product>(['product'])) products.push(value);
  return products;
}

/**
 * Publishes the next version of a product; of two that are published at once one is invalid, and
 * refused when it is tried again. Throws PassportError `PRODUCT_VERSION_WRONG`, `PRODUCT_FOREIGN`,
 * `PRODUCT_INVALID`, `PRODUCT_DIGEST_WRONG`.
 */
export async function publishProduct(
  tx: Transaction,
  { product, version, descriptor, digest }: ReadRequestOf<typeof marketContract.publishProduct>,
): Promise<Product> {
  const { mspId: operator } = await requireCaller(tx, ['operator']);
  requireDigest(descriptor, digest);
  const before = await tx.get<Product>(productKey(product));
  if (before !== undefined) requireOwn(before, operator);
  const newest = before?.version ?? 0;
  if (version !== newest + 1) {
    throw new PassportError('PRODUCT_VERSION_WRONG', `${product} has version ${newest}`);
  }
  const after: Product = { product, operator, version, digest, status: 'offered' };
  const record: ProductVersion = {
    ...{ product, version, digest, descriptor },
    ...{ publishedBy: operator, publishedAt: tx.time },
  };
  await tx.put(productKey(product), after);
  await tx.put(versionKey(product, version), record as unknown as JsonValue);
  tx.emit('ProductPublished', { product, version, digest });
  return after;
}

/** Ends the sale of a product; a next version begins it again. Throws PassportError. */
export async function withdrawProduct(tx: Transaction, id: ProductId): Promise<Product> {
  const { mspId: operator } = await requireCaller(tx, ['operator']);
  const product = await requireProduct(tx, id);
  requireOwn(product, operator);
  if (product.status === 'withdrawn') {
    throw new PassportError('PRODUCT_WITHDRAWN', `${id} is withdrawn`);
  }
  const after: Product = { ...product, status: 'withdrawn' };
  await tx.put(productKey(id), after);
  tx.emit('ProductWithdrawn', { product: id, version: product.version });
  return after;
}

function requireOwn({ product, operator }: Product, caller: MspId): void {
  if (operator === caller) return;
  throw new PassportError('PRODUCT_FOREIGN', `${product} is of ${operator}`);
}

function requireDigest(descriptor: ProductDescriptor, digest: Digest): void {
  // What the schema has read is JSON, and the optional parts that are missing are left out of it.
  const value = descriptor as unknown as JsonValue;
  const { length } = canonicalJson(value);
  if (length > DESCRIPTOR_LENGTH_MAX) {
    throw new PassportError('PRODUCT_INVALID', `it has ${length} characters`);
  }
  const own = digestOfJson(value);
  if (own !== digest) throw new PassportError('PRODUCT_DIGEST_WRONG', `it is ${own}`);
}

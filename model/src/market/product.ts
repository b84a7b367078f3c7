import * as z from 'zod';

import { purposes } from '../consent/grant.ts';
import { fieldClasses } from '../events/field-classes.ts';
import { methods } from '../events/methods.ts';
import { isSignalName } from '../signals/signals.ts';
import { views } from '../views/views.ts';
import { coded, codedText } from '../wire/parse.ts';
import { answerKinds } from './market-rules.ts';

declare const productBrand: unique symbol;

/** A product's name: `fleet-usage`. */
export type ProductId = string & { readonly [productBrand]: true };

export const productId = codedText<ProductId>('PRODUCT_ID_INVALID', /^[a-z0-9][a-z0-9-]{1,47}$/);

/** A descriptor may have so many characters as canonical JSON. */
export const DESCRIPTOR_LENGTH_MAX = 32_768;

const viewNames = Object.keys(views) as (keyof typeof views)[];
// oxlint-disable-next-line no-control-regex -- control characters are what it refuses.
const plain = /^[^\u0000-\u001f\u007f]+$/u;
const text = (lengthMax: number) => z.string().regex(plain).max(lengthMax);
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);
const permille = z.int().min(0).max(1000);
const different = (list: readonly string[]): boolean => new Set(list).size === list.length;

/** A column of the answers. */
const field = z.strictObject({
  name,
  role: z.enum(['key', 'dimension', 'metric', 'value']),
  type: z.enum(['integer', 'decimal', 'text', 'day', 'instant', 'boolean']),
  /** The signal that it comes from (COVESA VSS, or below `Passport.` our own), where it is one. */
  signal: z.string().refine(isSignalName, { error: 'no such signal' }).optional(),
  unit: text(40).optional(),
  means: text(300),
});

const shape = z.strictObject({
  v: z.literal(1),
  title: text(120),
  summary: text(2_000),
  /** What is sold of it. */
  answers: z.array(z.enum(answerKinds)).min(1).refine(different),
  /** Views that it is made of; none where it is one vehicle's log book. */
  views: z.array(z.enum(viewNames)).max(20).refine(different),
  /** Classes of fields that it takes to be granted, where it is about single vehicles. */
  classes: z.array(z.enum(fieldClasses)).max(7).refine(different),
  fields: z
    .array(field)
    .min(1)
    .max(200)
    .refine((list) => different(list.map((one) => one.name))),
  terms: z.strictObject({
    licence: text(200),
    /** What buyers may use it for. */
    purposes: z.array(z.enum(purposes)).min(1).refine(different),
    mayResell: z.boolean(),
    /** How long buyers may keep it. */
    retentionDays: z.int().min(0).max(36_500),
    text: text(4_000),
  }),
  /** Thousandths of the tariff; the tariff is the parameter `market.tariff`. */
  price: z.strictObject({ tariffPermille: z.int().min(0).max(1_000_000) }),
  privacy: z.strictObject({
    /** `released`: batches of many vehicles only; `consent`: single vehicles whose owners granted it. */
    rule: z.enum(['released', 'consent']),
    vehiclesMin: z.int().min(1).max(1_000_000),
    ownersMin: z.int().min(1).max(1_000_000),
    /** Whether vehicles are named by an id that only this buyer knows. */
    hasPairwiseIds: z.boolean(),
  }),
  /** When new answers come: with each block, with each epoch, or by the day. */
  refresh: z.enum(['block', 'epoch', 'day']),
  quality: z.strictObject({ indexMin: permille, ageMsMax: z.int().min(0).max(31_536_000_000) }),
  /** By which methods it was observed, in thousandths. */
  providers: z
    .array(z.strictObject({ method: z.enum(methods), permille }))
    .min(1)
    .refine((list) => different(list.map((one) => one.method))),
});

/** What a product is: schema, terms, price, privacy, refresh. Published with the digest of its canonical JSON. */
export type ProductDescriptor = z.output<typeof shape>;

/** The schema of {@link ProductDescriptor}; whatever is wrong is `PRODUCT_INVALID`. */
export const productDescriptor = coded(
  'PRODUCT_INVALID',
  (value): value is ProductDescriptor => shape.safeParse(value).success,
);

/** What is wrong with a descriptor, for people who write one; none where nothing is. */
export function descriptorIssues(value: unknown): readonly string[] {
  const read = shape.safeParse(value, { reportInput: false });
  if (read.success) return [];
  return read.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
}

import { z } from 'zod';

import { CERTIFICATE_DAYS_MAX, certificateFields } from './certificate-claims.ts';

/** Days that a certificate is good for where nobody says otherwise. */
const DAYS_DEFAULT = 30;

/** What an owner asks a certificate with: they sign it, whole, in the proof of their request. */
export const certificateRequest = z.strictObject({
  /** What it is to say. */
  fields: z
    .array(z.enum(certificateFields))
    .min(1)
    .max(certificateFields.length)
    .refine((fields) => new Set(fields).size === fields.length, { error: 'each field comes once' }),
  days: z.int().min(1).max(CERTIFICATE_DAYS_MAX).default(DAYS_DEFAULT),
  /** Their commitment to the VIN, as vinCommitment makes it. The VIN itself is not told. */
  vin: z
    .string()
    .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)
    .optional(),
});

/** {@link certificateRequest} */
export type CertificateRequest = z.output<typeof certificateRequest>;

import { z } from 'zod';

/** Where a partition's state is. */
export type Position = {
  readonly ledger: string;
  /** The first block that was ever applied to this state: those before came from elsewhere. */
  readonly since: number;
  /** The last block that was applied. */
  readonly block: number;
  /** Hexadecimal. */
  readonly hash: string;
  readonly ledgerTimeMs: number;
  readonly epochBlocks: number;
  readonly definitions: number;
  /** The log's position of the record that has it. */
  readonly logPosition: string;
};

const whole = z.coerce.number().int();

const schema = z.object({
  ledger: z.string().min(1),
  since: whole,
  block: whole,
  hash: z.string(),
  ledgerTimeMs: whole,
  epochBlocks: whole,
  definitions: whole,
  logPosition: z.string(),
});

/** Reads a position out of its hash; undefined of an empty one. Throws ZodError for any other. */
export function readPosition(hash: Readonly<Record<string, string>>): Position | undefined {
  return Object.keys(hash).length === 0 ? undefined : schema.parse(hash);
}

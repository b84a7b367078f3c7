import { AppError } from '@passport/runtime';
import { z } from 'zod';

const ANSWER_MS = 5_000;

const version = z.object({ block: z.number(), tx: z.number() });

const explanation = z.object({
  txId: z.string(),
  code: z.string(),
  conflict: z.object({
    namespace: z.string(),
    key: z.string(),
    read: version.optional(),
    current: version.optional(),
  }),
  writtenBy: z.string().optional(),
});

/** Why a transaction lost against another one. */
export type Explanation = z.output<typeof explanation>;

/** The devnet's controls do not answer as they should. */
class ControlsError extends AppError {
  constructor(message: string) {
    super(message, { code: 'SANDBOX_CONTROLS', retry: 'never' });
  }
}

const status = z.object({ height: z.int().nonnegative() });

/** Asks the devnet's controls why a transaction is invalid. Throws {@link ControlsError}. */
export async function readExplanation(control: string, txId: string): Promise<Explanation> {
  return get(explanation, `${control}/transactions/${txId}/explanation`);
}

/** Asks the devnet's controls for the number of blocks. Throws {@link ControlsError}. */
export async function readHeight(control: string): Promise<bigint> {
  const { height } = await get(status, `${control}/status`);
  return BigInt(height);
}

async function get<T>(schema: z.ZodType<T>, url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!response.ok) throw new ControlsError(`${url} answers ${response.status}`);
  const parsed = schema.safeParse(await response.json());
  if (!parsed.success) throw new ControlsError(`${url}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

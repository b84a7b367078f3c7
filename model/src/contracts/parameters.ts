import * as z from 'zod';

import type { MspId } from '../identifiers/names.ts';
import { parameterName, type ParameterName } from '../parameters/parameters.ts';
import { instant, type Instant } from '../time/instant.ts';
import type { JsonValue } from '../wire/canonical-json.ts';
import { reads, submits } from './contract-function.ts';

/** One version of a parameter. */
export type ParameterVersion = {
  /** 0 is the value that is built in. */
  readonly version: number;
  readonly value: JsonValue;
  /** Null for version 0, which held from the beginning. */
  readonly effectiveFrom: Instant | null;
  readonly proposedBy: MspId | null;
  readonly approvedBy: MspId | null;
};

/** All versions of a parameter, and the one that holds at the time of the transaction. */
export type ParameterHistory = {
  readonly name: ParameterName;
  readonly current: ParameterVersion;
  readonly versions: readonly ParameterVersion[];
};

/** Contract `Parameters`: versioned values with the time from which they hold. */
export const parametersContract = {
  proposeParameter: submits<{ proposalId: string; version: number }>()(
    'Proposes the next version of a parameter. By an administrator.',
    { name: parameterName, value: z.unknown(), effectiveFrom: instant },
  ),
  approveParameter: submits<ParameterVersion>()(
    "Makes a proposed version hold from its time, as a second organisation's administrator.",
    { proposalId: z.string().min(1).max(64) },
  ),
  readParameter: reads<ParameterHistory>()('A parameter: its value now and all its versions.', {
    name: parameterName,
  }),
};

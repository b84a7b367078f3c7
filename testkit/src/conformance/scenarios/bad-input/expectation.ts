import { matching } from '../../matching.ts';

/** What is refused, as data: texts, or patterns where a part of them is not fixed. */
export type ExpectedRefusal = {
  readonly code: string;
  readonly message: string | RegExp;
  readonly details?: readonly { readonly mspId: string; readonly message: string | RegExp }[];
};

/** What `refusalOf` gives for such a refusal: to be compared by `toEqual`. */
export function refusal({ code, message, details = [] }: ExpectedRefusal): object {
  return {
    code,
    message: matching(message),
    details: details
      .map((detail) => ({ mspId: detail.mspId, message: matching(detail.message) }))
      .sort((left, right) => left.mspId.localeCompare(right.mspId)),
  };
}

/**
 * Answers what `ask` answered at most `ageMsMax` milliseconds ago, and asks once where many want it at
 * once. What fails is not remembered.
 */
export function remembered<T>(
  ask: () => Promise<T>,
  ageMsMax: number,
  now: () => Date,
): () => Promise<T> {
  let known: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const at = now().getTime();
    if (known !== undefined && at - known.at <= ageMsMax) return known.answer;
    const answer = ask();
    const mine = { at, answer };
    known = mine;
    answer.catch(() => {
      if (known === mine) known = undefined;
    });
    return answer;
  };
}

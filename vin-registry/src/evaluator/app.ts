import { parseJson, PassportError } from '@passport/model';
import type { OprfEvaluator } from '@passport/privacy/oprf';
import type { Hono } from 'hono';

import { type AppEvents, createApp } from '../http/create-app.ts';
import type { Gate } from '../http/gate.ts';
import { evaluationRequest } from '../wire.ts';

/** What the evaluator answers with. */
export type EvaluatorOptions = AppEvents & {
  readonly gate: Gate;
  /** The one that is to be used first. */
  readonly evaluators: readonly OprfEvaluator[];
  readonly onEvaluated: (elements: number) => void;
};

/** The evaluator's API. It holds keys and no table: nothing of a request is kept but who and how many. */
export function evaluatorApp(options: EvaluatorOptions): Hono {
  const { gate, evaluators, onEvaluated } = options;
  const byId = new Map(evaluators.map((evaluator) => [evaluator.keyId, evaluator]));
  const app = createApp(options);
  // For people who set up an intake. A client takes no key from here: it is told which to expect.
  app.get('/v1/keys', (context) =>
    context.json({
      keys: evaluators.map(({ keyId, publicKey }) => ({ keyId, publicKey: base64(publicKey) })),
    }),
  );
  app.post('/v1/evaluations', async (context) => {
    const { intake, body } = await gate.enter(context);
    const { keyId, blinded } = parseJson(evaluationRequest, body);
    const evaluator = byId.get(keyId);
    if (evaluator === undefined) throw new PassportError('OPRF_KEY_UNKNOWN', 'see /v1/keys');
    const asked = { action: 'evaluate', count: blinded.length } as const;
    const { evaluated, proof } = await gate.pass(intake, asked, () =>
      evaluator.evaluate(blinded.map((element) => Buffer.from(element, 'base64url'))),
    );
    onEvaluated(blinded.length);
    return context.json({ evaluated: evaluated.map(base64), proof: base64(proof) });
  });
  return app;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** @jsxImportSource hono/jsx/dom */
import { askProven, ReadError } from '@passport/client/browser';
import { signCommand } from '@passport/ledger-client/wallet';
import {
  amount as amountText,
  base64urlOf,
  formatMicro,
  keyAccount,
  microOf,
  parseCommandId,
  type Vid,
} from '@passport/model';
import { useState } from 'hono/jsx/dom';
import { z } from 'zod';

import { owner } from '../../texts/en/owner.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { inLanguage } from '../lib/language.ts';
import { Loaded } from '../lib/loaded.tsx';
import { type OwnerSession, randomBytes } from './session.ts';

const texts = inLanguage({ en: owner });

/** Micro-PCC. */
const amount = amountText.transform(microOf);

/** What the serving API tells of an account's share, as far as it is shown. */
const statement = z.object({
  account: z.string(),
  operator: z.string(),
  earned: amount,
  claimed: amount,
  claimable: amount,
  isWaiting: z.boolean(),
  lines: z.array(
    z.object({
      product: z.string(),
      soldAt: z.string(),
      weight: z.string(),
      amount,
      settledInBlock: z.coerce.string(),
    }),
  ),
  /** Ask for what is before this distribution; null where there is nothing. */
  next: z.number().nullable(),
});

type Statement = z.output<typeof statement>;

/** What a car's data earned its owner, for which sales; and how it is claimed. */
export function Earnings({ session, vid }: { readonly session: OwnerSession; readonly vid: Vid }) {
  const [turn, setTurn] = useState(0);
  return (
    <section aria-labelledby="earnings">
      <h2 id="earnings">{texts.earnings.title}</h2>
      <Loaded
        load={() => readStatement(session, vid)}
        watch={[vid, turn]}
        loading={texts.loading}
        again={texts.again}
      >
        {(answer) =>
          answer === undefined ? (
            <p class="empty">{texts.earnings.away}</p>
          ) : (
            <Sums
              answer={answer}
              claim={async () => {
                await claim(session, vid, answer);
                setTurn(turn + 1);
              }}
            />
          )
        }
      </Loaded>
    </section>
  );
}

/**
 * What a car's owner has earned by the newest distribution, or the newest below a number. Undefined where nothing is
 * sold. Throws ReadError.
 */
export async function readStatement(
  session: OwnerSession,
  vid: Vid,
  before?: number,
): Promise<Statement | undefined> {
  const signer = await session.signerOf(vid);
  const query = before === undefined ? '' : `?before=${before}`;
  const path = `v1/contributors/${keyAccount(signer.keyId)}/statement${query}`;
  try {
    return statement.parse(await askProven(path, session.asking(signer)));
  } catch (error) {
    if (error instanceof ReadError && error.apiCode === 'ROUTE_UNKNOWN') return undefined;
    throw error;
  }
}

/** A claim is good for so long. */
const CLAIM_MS = 10 * 60 * 1000;

async function claim(session: OwnerSession, vid: Vid, { operator }: Statement): Promise<void> {
  const signer = await session.signerOf(vid);
  const { channel } = session;
  const command = await signCommand(signer, {
    channel,
    functionName: 'Market:claim',
    target: keyAccount(signer.keyId),
    id: parseCommandId(base64urlOf(randomBytes(16)).replaceAll(/[-_]/g, 'x')),
    args: { operator },
    expiresAt: new Date(session.now().getTime() + CLAIM_MS),
  });
  const response = await fetch('/v1/claims', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ command }),
  });
  if (response.ok) return;
  const problem = z.object({ code: z.string(), detail: z.string() }).parse(await response.json());
  throw Object.assign(new Error(problem.detail), { code: problem.code });
}

function pccText(micro: bigint): string {
  return `${formatMicro(micro)} ${texts.earnings.pcc}`;
}

function Sums({
  answer,
  claim: claimIt,
}: {
  readonly answer: Statement;
  readonly claim: () => Promise<void>;
}) {
  const { earned, claimable, claimed, isWaiting, lines } = answer;
  const words = texts.earnings;
  return (
    <>
      <ul class="figures">
        <li>
          <strong>{pccText(earned)}</strong> {words.earned}
        </li>
        <li>
          <strong>{pccText(claimable)}</strong> {words.claimable}
        </li>
        <li>
          <strong>{pccText(claimed)}</strong> {words.claimed}
        </li>
      </ul>
      {isWaiting && <p class="notice">{words.waiting}</p>}
      {claimable > 0n && (
        <ActionButton busy={words.claiming} run={claimIt}>
          {words.claim}
        </ActionButton>
      )}
      {lines.length === 0 ? (
        <p class="empty">{words.none}</p>
      ) : (
        <div class="table" tabindex={0} role="region" aria-label={words.title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.sale}</th>
                <th scope="col">{words.product}</th>
                <th scope="col" class="number">
                  {words.weight}
                </th>
                <th scope="col" class="number">
                  {words.amount}
                </th>
                <th scope="col" class="number">
                  {words.settled}
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr>
                  <td>{line.soldAt.slice(0, 16).replace('T', ' ')}</td>
                  <td>{line.product}</td>
                  <td class="number">{line.weight}</td>
                  <td class="number">{pccText(line.amount)}</td>
                  <td class="number">{line.settledInBlock}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** @jsxImportSource hono/jsx/dom */
import type { Bought } from '@passport/client/buyer';

import { pccOf } from '../../market/pcc-text.ts';
import { market } from '../../texts/en/market.ts';
import { inLanguage } from '../lib/language.ts';
import { saveFile } from '../lib/save-file.ts';

const { receipt: texts, pcc, answer } = inLanguage({ en: market });

/** The receipt of what was bought. It was checked before the answer is shown: the SDK throws where it does not hold. */
export function ReceiptCard({ paid }: { readonly paid: NonNullable<Bought['paid']> }) {
  const { receipt, signedReceipt } = paid;
  return (
    <section class="card" aria-labelledby="receipt">
      <h3 id="receipt">{texts.title}</h3>
      <p>
        <span class="chip chip-good">{texts.checked}</span>
      </p>
      <dl class="pairs">
        <dt>{texts.price}</dt>
        <dd id="receipt-price">
          {pccOf(receipt.price)} {pcc}
        </dd>
        <dt>{texts.product}</dt>
        <dd>
          {receipt.product}, {texts.version(receipt.productVersion)}
        </dd>
        <dt>{answer.exact}</dt>
        <dd>{receipt.block}</dd>
        <dt>{texts.charged}</dt>
        <dd>
          {pccOf(receipt.charged)} {pcc}
        </dd>
        <dt>{texts.at}</dt>
        <dd>{receipt.at.slice(0, 19).replace('T', ' ')} UTC</dd>
        <dt>{texts.id}</dt>
        <dd>
          <code id="receipt-id">{receipt.id}</code>
        </dd>
        <dt>{texts.result}</dt>
        <dd>
          <code>{receipt.result}</code>
        </dd>
      </dl>
      <button
        type="button"
        class="button-quiet"
        onClick={() => saveFile(`receipt-${receipt.id}.txt`, signedReceipt, 'text/plain')}
      >
        {texts.save}
      </button>
    </section>
  );
}

/** @jsxImportSource hono/jsx/dom */
import { type Account, euros as eurosText, parse, reference } from '@passport/model';
import { useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { market } from '../../texts/en/market.ts';
import { ActionButton } from '../lib/action-button.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';

const texts = inLanguage({ en: market }).money;

/** Pays euros in. A deposit keeps its name until the bank has answered: tried again it is the same one. */
export function Deposit({
  room,
  account,
  done,
}: {
  readonly room: BuyerRoom;
  readonly account: Account;
  readonly done: () => void;
}) {
  const [text, setText] = useState('25.00');
  const [name, setName] = useState(newName);
  const euros = eurosText.safeParse(text.trim());
  const pay = async (): Promise<void> => {
    if (!euros.success) return;
    await room.bank().deposit(account, euros.data, name);
    setName(newName());
    done();
  };
  return (
    <>
      <Field
        id="deposit"
        label={texts.deposit}
        hint={texts.depositHint}
        trouble={euros.success ? undefined : texts.eurosWrong}
        value={text}
        onValue={(written) => {
          setText(written);
          // Another amount is another deposit.
          setName(newName());
        }}
      />
      <ActionButton busy={texts.depositing} isOff={!euros.success} run={pay}>
        {texts.depositAction}
      </ActionButton>
    </>
  );
}

function newName() {
  return parse(reference, `web-${crypto.randomUUID()}`);
}

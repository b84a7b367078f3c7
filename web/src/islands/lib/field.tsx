/** @jsxImportSource hono/jsx/dom */

/** A labelled line of input, with a hint and what is wrong with it. */
export function Field({
  id,
  label,
  value,
  onValue,
  type = 'text',
  hint,
  trouble,
  autocomplete = 'off',
}: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password' | 'number' | 'date';
  readonly hint?: string | undefined;
  readonly trouble?: string | undefined;
  readonly autocomplete?: string;
}) {
  const described = [hint && `${id}-hint`, trouble && `${id}-trouble`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        autocomplete={autocomplete}
        aria-invalid={trouble === undefined ? 'false' : 'true'}
        {...(described === '' ? {} : { 'aria-describedby': described })}
        onInput={(event: Event) => onValue((event.target as HTMLInputElement).value)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {trouble !== undefined && (
        <p class="hint entry-flag" id={`${id}-trouble`} role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

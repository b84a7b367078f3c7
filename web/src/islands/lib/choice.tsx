/** @jsxImportSource hono/jsx/dom */

/** One of several, with a label. */
export function Choice<Value extends string>({
  id,
  label,
  value,
  choices,
  onValue,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: Value;
  /** Each with its words. */
  readonly choices: readonly (readonly [value: Value, words: string])[];
  readonly onValue: (value: Value) => void;
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        onChange={(event: Event) => onValue((event.target as HTMLSelectElement).value as Value)}
      >
        {choices.map(([each, words]) => (
          <option value={each} selected={each === value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

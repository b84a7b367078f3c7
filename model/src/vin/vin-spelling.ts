/** 17 characters, without I, O and Q, which look like digits (ISO 3779). */
const spelling = /^[A-HJ-NPR-Z0-9]{17}$/;

/** A VIN as people write it, without the blanks and dashes between its characters and in capitals; it may be none. */
export function compactVin(text: string): string {
  // Letters of ASCII only: "ß" would become two, and a long s one that was never there.
  return text.replaceAll(/[\s-]/g, '').replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** Whether that is how VINs are written. */
export function isVinSpelling(compact: string): boolean {
  return spelling.test(compact);
}

const spelling = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/** Whether a text can be a feed's name of a vehicle: it is part of the events' ids. */
export function isVehicleName(text: string | null): text is string {
  return text !== null && spelling.test(text);
}

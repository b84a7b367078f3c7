import { ODOMETER_KM_MAX } from '@passport/model';

/** Whether a text is a day that has come: both as YYYY-MM-DD. */
export function isPastDay(day: string, today: string): boolean {
  return day !== '' && day <= today;
}

/** Whether a text is what an odometer can show, in whole km. */
export function isKm(text: string): boolean {
  return /^\d{1,7}$/.test(text) && Number(text) <= ODOMETER_KM_MAX;
}

/**
 * A preload module (`node --import`): this process's clock runs CLOCK_SHIFT_MS milliseconds ahead.
 * A chaincode whose results depend on the clock then differs from one on another clock.
 */

const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
if (!Number.isFinite(shiftMs)) throw new Error('CLOCK_SHIFT_MS must be a number');

const SystemDate = globalThis.Date;

class ShiftedDate extends SystemDate {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(ShiftedDate.now());
    else super(...(parts as [number]));
  }

  static override now(): number {
    return SystemDate.now() + shiftMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

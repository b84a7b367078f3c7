import { PassportError } from '../errors/passport-error.ts';
import type { LifeCycleKind } from '../events/kinds.ts';

/** Where a vehicle is in its life. */
export const vehicleStates = [
  'in-service',
  'damaged',
  'appraised',
  'wreck',
  'wreck-repaired',
  'exported',
  'scrapped',
] as const;

export type VehicleState = (typeof vehicleStates)[number];

/** What moves a vehicle from state to state. */
export type LifeCycleTrigger = LifeCycleKind | 'incident';

/** The state after it; `stays` where it changes nothing; null where it is refused. */
type Move = VehicleState | 'stays' | null;

/**
 * The life of a vehicle as a table, total over states and triggers. Who may trigger what is in
 * kindRules; that the expert who lifts a wreck is another one than who declared it is checked where
 * it is lifted. What is only observed, an incident, is never refused: it may be the proof of a fraud.
 */
export const lifeCycle: Readonly<Record<VehicleState, Readonly<Record<LifeCycleTrigger, Move>>>> = {
  'in-service': {
    incident: 'damaged',
    appraised: 'appraised',
    'wreck-declared': null,
    repaired: null,
    'wreck-lifted': null,
    exported: 'exported',
    returned: null,
    scrapped: 'scrapped',
  },
  damaged: {
    incident: 'stays',
    appraised: 'appraised',
    'wreck-declared': null,
    repaired: 'in-service',
    'wreck-lifted': null,
    exported: null,
    returned: null,
    scrapped: 'scrapped',
  },
  appraised: {
    incident: 'damaged',
    appraised: 'stays',
    'wreck-declared': 'wreck',
    repaired: 'in-service',
    'wreck-lifted': null,
    exported: null,
    returned: null,
    scrapped: 'scrapped',
  },
  wreck: {
    incident: 'stays',
    appraised: 'stays',
    'wreck-declared': null,
    repaired: 'wreck-repaired',
    'wreck-lifted': null,
    exported: null,
    returned: null,
    scrapped: 'scrapped',
  },
  'wreck-repaired': {
    incident: 'wreck',
    appraised: 'stays',
    'wreck-declared': 'wreck',
    repaired: 'stays',
    'wreck-lifted': 'in-service',
    exported: null,
    returned: null,
    scrapped: 'scrapped',
  },
  exported: {
    incident: 'stays',
    appraised: 'stays',
    'wreck-declared': null,
    repaired: null,
    'wreck-lifted': null,
    exported: null,
    returned: 'in-service',
    scrapped: 'scrapped',
  },
  scrapped: {
    incident: 'stays',
    appraised: null,
    'wreck-declared': null,
    repaired: null,
    'wreck-lifted': null,
    exported: null,
    returned: null,
    scrapped: null,
  },
};

/** Whether a vehicle in that state may change hands. */
export const isTransferable: Readonly<Record<VehicleState, boolean>> = {
  'in-service': true,
  damaged: true,
  appraised: true,
  wreck: false,
  'wreck-repaired': false,
  exported: false,
  scrapped: false,
};

/** The state after a trigger. Throws PassportError `LIFE_CYCLE_REFUSED`. */
export function nextState(state: VehicleState, trigger: LifeCycleTrigger): VehicleState {
  const move = lifeCycle[state][trigger];
  if (move === null) {
    throw new PassportError(
      'LIFE_CYCLE_REFUSED',
      `a vehicle that is ${state} cannot be ${trigger}`,
    );
  }
  return move === 'stays' ? state : move;
}

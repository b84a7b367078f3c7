import {
  kindRules,
  lifeCycle,
  type LifeCycleKind,
  lifeCycleKinds,
  type Method,
  type MspId,
  type RecordableKind,
  recordableKinds,
  type Role,
  type SourceKindOfEvent,
  type VehicleState,
} from '@passport/model';

/** Who records, as far as it decides what. */
export type Recorder = {
  readonly mspId: MspId;
  readonly roles: readonly Role[];
  readonly methods: readonly Method[];
};

/** The vehicle, as far as it decides what comes next. */
export type VehicleNow = {
  readonly state: VehicleState;
  /** Who declared the wreck that it is. */
  readonly wreckDeclaredBy?: string | undefined;
};

/** The function of the contract of each act. */
export const functionOfAct = {
  appraised: 'appraise',
  'wreck-declared': 'declareWreck',
  repaired: 'recordRepair',
  'wreck-lifted': 'liftWreck',
  exported: 'recordExport',
  returned: 'recordReturn',
  scrapped: 'scrap',
} as const satisfies Readonly<Record<LifeCycleKind, string>>;

/** Kinds that somebody with those roles may record. Trips are recorded by cars, and not by hand. */
export function kindsFor(roles: readonly Role[]): RecordableKind[] {
  return recordableKinds.filter((kind) => kind !== 'trip' && mayWrite(kind, roles));
}

/**
 * Acts that the contracts would take from somebody of a vehicle now. A wreck is cleared by another member than the one that
 * declared it.
 */
export function actsFor({ mspId, roles }: Recorder, now: VehicleNow): LifeCycleKind[] {
  return lifeCycleKinds.filter(
    (kind) =>
      mayWrite(kind, roles) &&
      lifeCycle[now.state][kind] !== null &&
      !(kind === 'wreck-lifted' && now.wreckDeclaredBy === mspId),
  );
}

/** How somebody comes to know what they write: an expert's word where the kind is for experts alone. */
export function methodFor(kind: SourceKindOfEvent, methods: readonly Method[]): Method | undefined {
  const isForExperts = kindRules[kind].roles.every((role) => role === 'expert');
  const wanted: readonly Method[] = isForExperts
    ? ['expert', 'professional']
    : ['professional', 'expert'];
  return wanted.find((method) => methods.includes(method));
}

/** Whether the contracts would take that kind from somebody with those roles. */
export function mayWrite(kind: SourceKindOfEvent, roles: readonly Role[]): boolean {
  return kindRules[kind].roles.some((role) => roles.includes(role));
}

/** The organisations of every network under test. */
export const consortium = [
  { mspId: 'MakerMSP', domain: 'maker.example' },
  { mspId: 'InsurerMSP', domain: 'insurer.example' },
  { mspId: 'GarageMSP', domain: 'garage.example' },
] as const;

/** Limits that both networks run with, so that scenarios can go up to them. */
export const limits = {
  /** Far more than any scenario takes on a busy machine: those that hang wait for it. */
  executeTimeoutMs: 5_000,
  /** BatchSize.AbsoluteMaxBytes of deploy/fabric/configtx.yaml. */
  absoluteMaxBytes: 10 * 1024 * 1024,
} as const;

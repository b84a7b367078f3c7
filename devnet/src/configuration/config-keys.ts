/** Names of groups in a channel's configuration (Fabric, common/channelconfig). */
export const group = { orderer: 'Orderer', application: 'Application' } as const;

/** Names of values in a channel's configuration (Fabric, common/channelconfig). */
export const value = {
  acls: 'ACLs',
  anchorPeers: 'AnchorPeers',
  batchSize: 'BatchSize',
  batchTimeout: 'BatchTimeout',
  blockDataHashingStructure: 'BlockDataHashingStructure',
  capabilities: 'Capabilities',
  channelRestrictions: 'ChannelRestrictions',
  consensusType: 'ConsensusType',
  endpoints: 'Endpoints',
  hashingAlgorithm: 'HashingAlgorithm',
  msp: 'MSP',
  ordererAddresses: 'OrdererAddresses',
} as const;

/** Names of the usual policies (Fabric, sampleconfig/configtx.yaml). */
export const policy = {
  readers: 'Readers',
  writers: 'Writers',
  admins: 'Admins',
  endorsement: 'Endorsement',
  lifecycleEndorsement: 'LifecycleEndorsement',
  blockValidation: 'BlockValidation',
} as const;

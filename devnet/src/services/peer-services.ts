import type { UntypedServiceImplementation } from '@grpc/grpc-js';

import type { DevnetConfig } from '../config.ts';
import type { OpenChannel } from '../devnet-channel.ts';
import type { EndorsementCollector } from '../gateway/endorsement-collector.ts';
import type { Orderer } from '../ordering/orderer.ts';
import { AccessControl } from './access-control.ts';
import { ChaincodeEventsStream } from './chaincode-events.ts';
import { CommitStatusFinder } from './commit-status.ts';
import { deliverService } from './deliver-service.ts';
import { gatewayService } from './gateway-service.ts';

/** What the services of a peer rest on. */
export type PeerServicesOptions = {
  readonly config: DevnetConfig;
  readonly open: OpenChannel;
  readonly localMspId: string;
  readonly collector: EndorsementCollector;
  readonly orderer: Orderer;
  readonly now: () => Date;
  readonly onBug: (error: unknown) => void;
};

/** The gRPC services of one organisation's peer. */
export function peerServices(options: PeerServicesOptions): {
  readonly gateway: UntypedServiceImplementation;
  readonly deliver: UntypedServiceImplementation;
} {
  const { config, open, now, onBug } = options;
  const { ledger, channel } = open;
  const { feed } = ledger;
  const { channelId } = channel;
  const accessControl = new AccessControl(channelId, (policy, signedData) => {
    channel.evaluate(policy, signedData);
  });
  const block = (number: number): Uint8Array | undefined => ledger.block(number);
  const locate = channel.locate.bind(channel);
  return {
    gateway: gatewayService({
      channelId,
      localMspId: options.localMspId,
      collector: options.collector,
      orderer: options.orderer,
      commitStatus: new CommitStatusFinder({ channelId, accessControl, feed, locate }),
      chaincodeEvents: new ChaincodeEventsStream({ accessControl, feed, block, locate }),
      concurrencyMax: config.gatewayConcurrencyMax,
      onBug,
    }),
    deliver: deliverService({
      channelId,
      accessControl,
      feed,
      block,
      identityExpiresAt: (identity) => channel.creatorExpiresAt(identity),
      now,
      timeWindowMs: config.deliverTimeWindowMs,
      onBug,
    }),
  };
}

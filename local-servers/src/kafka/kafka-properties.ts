/** Settings of a Kafka that is broker and controller in one, alone and on the loopback interface. */
export function kafkaProperties(port: number, controllerPort: number, data: string): string {
  return `${[
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAINTEXT',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${data}`,
    'auto.create.topics.enable=false',
    ...alone,
    ...patience,
    ...forgetting,
  ].join('\n')}\n`;
}

/** There is no second node to copy to; one partition each keeps start and restart short. */
const alone = [
  'offsets.topic.replication.factor=1',
  'offsets.topic.num.partitions=1',
  'transaction.state.log.replication.factor=1',
  'transaction.state.log.min.isr=1',
  'transaction.state.log.num.partitions=1',
  'share.coordinator.state.topic.replication.factor=1',
  'share.coordinator.state.topic.min.isr=1',
  'share.coordinator.state.topic.num.partitions=1',
];

/** Segments that are trimmed are looked for this often, as in docker-compose.yml. */
const forgetting = ['log.retention.check.interval.ms=10000'];

/** After kill -9 the same node may come back when its old session is over: 6 s in place of 15 s. */
const patience = [
  'group.initial.rebalance.delay.ms=0',
  'broker.session.timeout.ms=3000',
  'broker.heartbeat.interval.ms=500',
];

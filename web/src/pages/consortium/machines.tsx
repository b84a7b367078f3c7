import type { LiveHeight } from '@passport/model';

import { type Alarm, alarmsOf } from '../../watch/alarms.ts';
import type { ServiceState } from '../../watch/read-service.ts';
import { count, moment } from './figures.ts';
import { Part, Table, type Words } from './parts.tsx';

type Machine = Words & {
  readonly height: LiveHeight | undefined;
  readonly services: readonly ServiceState[];
};

/** How far the pipeline is, what its services say, and what a person has to look at. */
export function Machines({ height, services, ...words }: Machine) {
  const text = words.texts.consortium.machines;
  const alarms = alarmsOf(height, services);
  return (
    <Part id="machines" title={text.title}>
      <div class={alarms.length === 0 ? 'notice notice-good' : 'notice notice-bad'}>
        {alarms.length === 0 ? (
          <p>{text.quiet}</p>
        ) : (
          <>
            <p>
              <strong>
                {text.alarms}: {alarms.length}
              </strong>
            </p>
            <ul>
              {alarms.map((alarm) => (
                <li>{wordsOf(alarm, text.alarm)}</li>
              ))}
            </ul>
          </>
        )}
      </div>
      {height !== undefined && <Height height={height} {...words} />}
      <h3>{text.services}</h3>
      {services.length === 0 ? (
        <p class="empty">{text.noServices}</p>
      ) : (
        <Table caption={text.services} head={[text.service, text.state, text.measures]}>
          {services.map(({ name, state, why, samples }) => (
            <tr>
              <th scope="row">{name}</th>
              <td>
                <span class={state === 'ready' ? 'chip chip-good' : 'chip chip-bad'}>
                  {text.states[state]}
                </span>
                {why !== undefined && <p class="small">{why}</p>}
              </td>
              <td>
                <ul class="measures">
                  {samples.map((sample) => (
                    <li>
                      <b class="number">{count(sample.value, words.language)}</b> {sample.means}{' '}
                      <code>
                        {sample.name}
                        {sample.labels === '' ? '' : `{${sample.labels}}`}
                      </code>
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Part>
  );
}

function Height({ height, ...words }: Words & { readonly height: LiveHeight }) {
  const text = words.texts.consortium.machines;
  const { block, watermark, epochBlocks, ledgerTime, partitions } = height;
  const known = (value: number | null): string =>
    value === null ? text.unknown : count(value, words.language);
  const behind = block === null || watermark === null ? null : Math.max(0, block - watermark);
  const epochs =
    watermark === null || epochBlocks === null ? null : Math.floor((watermark + 1) / epochBlocks);
  return (
    <>
      <ul class="figures">
        <Figure value={known(block)} name={text.height} means={text.heightMeans} />
        <Figure value={known(watermark)} name={text.watermark} means={text.watermarkMeans} />
        <Figure
          value={`${known(behind)} ${text.blocks}`}
          name={text.behind}
          means={text.behindMeans}
        />
        <Figure
          value={`${known(epochBlocks)} ${text.blocks}`}
          name={text.epoch}
          means={text.epochMeans}
        />
        <Figure value={known(epochs)} name={text.epochsDone} means={text.epochsMeans} />
        <Figure
          value={ledgerTime === null ? text.unknown : moment(ledgerTime).slice(11)}
          name={text.ledgerTime}
          means={ledgerTime === null ? '' : ledgerTime.slice(0, 10)}
        />
      </ul>
      <h3>{text.partitions}</h3>
      <Table
        caption={text.partitions}
        head={[{ number: text.partition }, { number: text.reached }, { number: text.lag }]}
      >
        {partitions.map(({ partition, block: reached, lagBlocks }) => (
          <tr>
            <td class="number">{partition}</td>
            <td class="number">{known(reached)}</td>
            <td class="number">{known(lagBlocks)}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function Figure({
  value,
  name,
  means,
}: {
  readonly value: string;
  readonly name: string;
  readonly means: string;
}) {
  return (
    <li>
      <span class="small quiet">{name}</span>
      <strong>{value}</strong> {means}
    </li>
  );
}

function wordsOf(alarm: Alarm, text: Readonly<Record<Alarm['kind'], string>>): string {
  const says = text[alarm.kind];
  switch (alarm.kind) {
    case 'api-away':
      return says;
    case 'not-moving':
      return `${says}: ${alarm.why}`;
    case 'service-away':
    case 'halted':
      return `${alarm.service} ${says}`;
    case 'service-troubled':
      return `${alarm.service} ${says}: ${alarm.why}`;
    case 'failed-jobs':
      return `${alarm.service}: ${alarm.count} ${says}`;
    case 'partition-behind':
      return `${alarm.blocks} ${says} ${alarm.partition}`;
    case 'archive-behind':
      return `${alarm.epochs} ${says}`;
    default: {
      const never: never = alarm;
      return never;
    }
  }
}

import { peerOrganisations, peerPort } from './topology.ts';
import type { Settings } from './settings.ts';

/** Fills the ports and the batch timeout into the text of configtx.yaml. */
export function fillConfigtx(template: string, settings: Settings): string {
  const values: Record<string, string> = {
    ORDERER_PORT: String(settings.ports.orderer),
    BATCH_TIMEOUT: `${settings.batchTimeoutMs}ms`,
  };
  for (const { mspId, portPlaceholder } of peerOrganisations) {
    values[portPlaceholder] = String(peerPort(settings.ports, mspId));
  }
  return fillPlaceholders(template, values);
}

/** Replaces each `${NAME}` outside comments. Throws for a name without a value. */
export function fillPlaceholders(
  template: string,
  values: Readonly<Record<string, string>>,
): string {
  const withoutComments = template.replace(/^\s*#.*\n/gm, '');
  return withoutComments.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new RangeError(`The placeholder ${name} has no value.`);
    }
    return value;
  });
}

/** A value that a service measures. */
export type Sample = {
  readonly name: string;
  /** As the service says it, such as `partition="1"`; empty where there are none. */
  readonly labels: string;
  readonly value: number;
  /** What it is, in the service's words. */
  readonly means: string;
};

/** Labels that each of our services adds to all it says. */
const OWN = /^otel_/;

/**
 * Reads gauges and counters in the text format of Prometheus (exposition format 0.0.4). Lines of histograms, and what it does not
 * understand, are left out: another exporter may say more.
 */
export function readSamples(text: string): Sample[] {
  const help = new Map<string, string>();
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const [, keyword, about = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') help.set(about, rest);
    if (keyword === 'TYPE') types.set(about, rest);
    const [, name = '', , inside = '', number = ''] =
      /^([A-Za-z_:][\w:]*)(\{(.*)\})? (\S+)(?: \d+)?$/.exec(line) ?? [];
    const type = types.get(name);
    if (type !== 'gauge' && type !== 'counter') continue;
    const value = Number(number);
    if (name === 'target_info' || !Number.isFinite(value)) continue;
    const labels = inside.split(',').filter((label) => label !== '' && !OWN.test(label));
    samples.push({ name, labels: labels.join(', '), value, means: help.get(name) ?? '' });
  }
  return samples;
}

import type { Pipeline } from './pipeline.ts';

/** What runs, and where its health is, in lines. */
export function pipelineLines({ log, url, health }: Pipeline): string[] {
  return [
    `  log        ${log}`,
    `  API        ${url}/openapi.json`,
    ...Object.entries(health).map(
      ([name, base]) => `  ${name.padEnd(10)} ${base}/readyz  ${base}/metrics`,
    ),
  ];
}

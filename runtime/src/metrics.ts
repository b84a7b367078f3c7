import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** A service's metrics. */
export type Metrics = {
  /** Makes instruments. */
  readonly meter: Meter;
  /** Answers a scrape in Prometheus's text format. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
};

/** Starts the metrics of a service. Names come with their unit last, as Prometheus wants them. */
export function createMetrics(service: string): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [exporter] });
  return {
    meter: provider.getMeter(service),
    answer: (request, response) => exporter.getMetricsRequestHandler(request, response),
    close: () => provider.shutdown(),
  };
}

import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { readiness } from '../readiness';

const STATE = { type: 'object' } as const;

/** Liveness, readiness and metrics, for operators' tools. */
export function systemRoutes(context: GatewayContext): Route[] {
  return [
    {
      ...systemRoute('/healthz', 'readHealth', 'The process answers'),
      responses: { 200: { description: 'It does.', schema: STATE } },
      handle: (_request, response) => {
        response.json({ status: 'ok' });
      },
    },
    {
      ...systemRoute('/readyz', 'readReadiness', 'The gateway can do its work'),
      description: 'Peer, mirror and HSM answer, the mirror keeps up, and the gateway is not stopping.',
      responses: {
        200: { description: 'Ready.', schema: STATE },
        503: { description: 'Not ready; `checks` says why.', schema: STATE },
      },
      handle: async (_request, response) => {
        const state = await readiness(context);
        response.status(state.ready ? 200 : 503).json(state);
      },
    },
    {
      ...systemRoute('/metrics', 'readMetrics', 'Metrics in the Prometheus text format'),
      responses: {
        200: { description: 'The metrics.', mediaType: 'text/plain', schema: { type: 'string' } },
      },
      handle: async (_request, response) => {
        const { registry } = context.metrics;
        response.set('Content-Type', registry.contentType).send(await registry.metrics());
      },
    },
  ];
}

function systemRoute(
  path: string,
  operationId: string,
  summary: string,
): Omit<Route, 'handle' | 'responses'> {
  return { method: 'get', path, operationId, tag: 'Operating', summary, access: 'anyone', limit: 'none' };
}

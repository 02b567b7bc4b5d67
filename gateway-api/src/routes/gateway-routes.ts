import { auditRoutes } from '../audit/audit-routes';
import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { ocspRoutes } from '../ocsp';
import { keyBrokerRoutes, trustRoutes } from '../trust';
import { fabricCaRoutes, reachRoutes } from '../reach';
import { actRoutes } from './acts';
import { certificateReadRoutes } from './certificate-reads';
import { documentationRoutes } from './documentation';
import { exportRoutes } from './exports';
import { operationRoutes } from './operations';
import { provenanceReadRoutes } from './provenance-reads';
import { receiptRoutes } from './receipts';
import { registryReadRoutes } from './registry-reads';
import { royaltyReadRoutes } from './royalty-reads';
import { systemRoutes } from './system';

/** Every route of the gateway, its own description included. */
export function gatewayRoutes(context: GatewayContext): Route[] {
  const routes = [
    ...operationRoutes(context),
    ...actRoutes(context),
    ...registryReadRoutes(context),
    ...provenanceReadRoutes(context),
    ...royaltyReadRoutes(context),
    ...certificateReadRoutes(context),
    ...exportRoutes(context),
    ...receiptRoutes(context),
    ...trustRoutes(context.trust),
    ...ocspRoutes(context, () => context.trust()?.ocsp),
    ...keyBrokerRoutes(context.trust),
    ...reachRoutes(context),
    ...fabricCaRoutes(context),
    ...auditRoutes(context),
    ...systemRoutes(context),
  ];
  return [...routes, ...documentationRoutes(routes)];
}

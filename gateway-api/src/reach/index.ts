export { fabricCaRoutes } from './fabric-ca-routes';
export { openReach, type Reach } from './reach';
export { reachRoutes } from './reach-routes';

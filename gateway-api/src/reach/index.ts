export { openReach, type Reach } from './reach';
export { reachRoutes } from './reach-routes';

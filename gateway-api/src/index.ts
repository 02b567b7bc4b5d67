export { readConfig, type GatewayConfig } from './config/config';
export { ConfigError } from './config/config-error';
export { startGateway, type RunningGateway } from './gateway';
export { createLogger } from './logger';

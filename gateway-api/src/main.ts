import { readConfig } from './config/config';
import { ConfigError } from './config/config-error';
import { startGateway } from './gateway';
import { createLogger } from './logger';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel, { service: 'gateway', instance: config.instance });
  const gateway = await startGateway(config, logger);
  const stop = (): void => {
    gateway.stop().then(
      () => {
        process.exit(0);
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'The gateway did not stop cleanly');
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.once(signal, stop);
}

main().catch((error: unknown) => {
  const text =
    error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text ?? 'unknown error'}\n`);
  process.exit(1);
});

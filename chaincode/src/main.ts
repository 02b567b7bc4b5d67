/** The chaincode service: what the bundle runs. */
import './server/quiet-logging';
import { readServerConfiguration } from './server/configuration';
import { serve } from './server/serve';

const unixSeconds = (): number => Math.floor(Date.now() / 1000);

async function main(): Promise<void> {
  const server = await serve(readServerConfiguration(process.env), unixSeconds);
  const stop = (): void => {
    void server.drain().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `The chaincode service cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
});

/** The chaincode service: what the bundle runs. */
import './server/quiet-logging';
import { reportFaultsTo } from './faults';
import { readServerConfiguration } from './server/configuration';
import { serve } from './server/serve';

const unixSeconds = (): number => Math.floor(Date.now() / 1000);

function log(what: string, fault: unknown): void {
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  process.stderr.write(`${new Date().toISOString()} ${what}: ${text}\n`);
}

/** A state that nobody foresaw must not go on endorsing; whoever supervises the service starts it afresh. */
function stopAtOnce(fault: unknown): void {
  log('The chaincode service stops on an unforeseen fault', fault);
  process.exit(1);
}

async function main(): Promise<void> {
  reportFaultsTo((fault) => {
    log('A transaction failed for a fault of the chaincode', fault);
  });
  process.on('uncaughtException', stopAtOnce);
  process.on('unhandledRejection', stopAtOnce);
  const server = await serve(readServerConfiguration(process.env), unixSeconds);
  const stop = (): void => {
    void server.drain().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((fault: unknown) => {
  log('The chaincode service cannot start', fault instanceof Error ? fault.message : fault);
  process.exit(1);
});

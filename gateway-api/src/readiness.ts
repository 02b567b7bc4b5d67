import { peerReachable } from './fabric/peer-connection';
import { type GatewayContext } from './context';
import { MAX_MIRROR_LAG_BLOCKS, READINESS_MS } from './limits';

/** State of the parts that a gateway needs; a missing one is named. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<'database' | 'mirror' | 'peer' | 'blocks' | 'hsm' | 'accepting', string>>;
}

const OK = 'ok';

export async function readiness(context: GatewayContext): Promise<Readiness> {
  const [database, peer] = await Promise.all([databaseState(context), peerState(context)]);
  const checks = {
    database,
    mirror: mirrorState(context),
    peer,
    blocks: context.commits.connected ? OK : 'no blocks arrive from the peer',
    hsm: hsmState(context),
    accepting: context.stopping.aborted ? 'stopping' : OK,
  };
  return { ready: Object.values(checks).every((state) => state === OK), checks };
}

async function databaseState({ pool }: GatewayContext): Promise<string> {
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(reject, READINESS_MS, new Error('time')).unref();
  });
  const query = pool.query('SELECT 1');
  return Promise.race([query, timeout]).then(
    () => OK,
    () => 'the database does not answer',
  );
}

function mirrorState({ head, commits, freshness }: GatewayContext): string {
  if (!head.connected) return 'the mirror has not prepared the database or its announcements do not arrive';
  if (head.contradicted) return 'the mirror found a contradiction and waits for its operator to resume';
  const lag = commits.height - head.height;
  if (lag > MAX_MIRROR_LAG_BLOCKS) return `the mirror is ${lag} blocks behind`;
  return lag > 0 && !freshness.isFresh()
    ? `the mirror stands at block ${head.height} of ${commits.height}`
    : OK;
}

async function peerState({ peer }: GatewayContext): Promise<string> {
  return (await peerReachable(peer, READINESS_MS)) ? OK : 'the peer does not answer';
}

function hsmState({ config, hsm }: GatewayContext): string {
  if (config.hsm === undefined) return OK;
  return hsm?.available === true ? OK : 'the HSM does not answer';
}

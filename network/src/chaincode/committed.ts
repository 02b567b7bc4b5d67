import { converge } from '../fabric/join-channel';
import { peerCall } from '../fabric/peer-cli';
import { CONVERGE_ATTEMPTS } from '../limits';
import { NetworkError } from '../network-error';
import { tryTool } from '../process/run-tool';
import type { Site } from '../site';
import { firstOperator } from '../topology/queries';

/** The chaincode definition the channel has agreed on. Its version is the digest of the bundle. */
export interface CommittedDefinition {
  readonly sequence: number;
  readonly version: string;
}

/** The committed definition, or undefined when there is none yet. @throws NetworkError when the peer does not tell. */
export async function committedDefinition(
  site: Site,
  attempts = CONVERGE_ATTEMPTS,
): Promise<CommittedDefinition | undefined> {
  const { channel, chaincode } = site.topology;
  const query = [
    'lifecycle',
    'chaincode',
    'querycommitted',
    '-C',
    channel,
    '-n',
    chaincode.name,
    '-O',
    'json',
  ];
  const call = peerCall(site, firstOperator(site.topology), query);
  let definition: CommittedDefinition | undefined;
  let said = '';
  const answered = await converge(
    () => tryTool(call),
    (result) => {
      said = result.stderr;
      if (result.ok) definition = JSON.parse(result.stdout) as CommittedDefinition;
      return result.ok || /namespace \S+ is not defined/.test(result.stderr);
    },
    attempts,
  );
  if (!answered)
    throw new NetworkError(`The committed chaincode cannot be read: ${said.trim()}`, 'Read the log.', {
      log: call.log,
    });
  return definition;
}

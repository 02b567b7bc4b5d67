import { readyMadeSchemes } from '@maker-registry/watermark';
import { type Contestant } from './contestant';
import { ourContestant } from './our-contestant';
import { peerContestant } from './peer-contestant';
import { PEER_BITS } from '../limits';
import { type WorkerSettings } from './tasks';

/** Other people's programs for pictures: name as in results, name of the program, bits of the message. */
export const IMAGE_PEERS = [
  { name: 'dwtDct', peer: 'dwtDct', bits: PEER_BITS },
  { name: 'dwtDctSvd', peer: 'dwtDctSvd', bits: PEER_BITS },
  { name: 'blind_watermark', peer: 'blind_watermark', bits: PEER_BITS },
  { name: 'blind_watermark-64', peer: 'blind_watermark', bits: 64 },
  { name: 'rivaGan', peer: 'rivaGan', bits: PEER_BITS },
] as const;

/** Sets a contestant up by its name: a peer, or one of our ready-made documents. */
export async function contestantNamed(name: string, settings: WorkerSettings): Promise<Contestant> {
  const peer = IMAGE_PEERS.find((one) => one.name === name);
  if (peer !== undefined) return peerContestant(peer.peer, peer.bits, settings.peers);
  const ready = (await readyMadeSchemes()).find((one) => one.name === name);
  if (ready === undefined) throw new Error(`There is no contestant ${name}.`);
  return ourContestant(ready, settings.codeHash);
}

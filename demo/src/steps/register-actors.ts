import { join } from 'node:path';
import { generateActorKey, writeActorKeyFile } from '@maker-registry/sdk';
import type { SignatureAlgorithm } from '@maker-registry/protocol';
import { submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import type { Party } from '../play/story';
import { shortId } from '../terminal/format';

export const registerActors: Step = {
  title: 'A maker and two buyers make their keys and register',
  run: async (scene) => {
    const { story } = scene;
    // One after the other: the story's blocks then tell the order in which things happened.
    story.made.maker = await registerParty(scene, 'maker', 'ed25519');
    story.made.firstBuyer = await registerParty(scene, 'first buyer', 'es256');
    story.made.secondBuyer = await registerParty(scene, 'second buyer', 'ed25519');
    const ids = [story.made.maker, story.made.firstBuyer, story.made.secondBuyer].map(
      (party) => party.key.actorId,
    );
    scene.fact('actors', ids);
    scene.check('three actors are registered, each id derived from its own key', new Set(ids).size === 3);
  },
};

/** Makes a key, registers its actor, and keeps the key as a file too. */
export async function registerParty(scene: Scene, name: string, alg: SignatureAlgorithm): Promise<Party> {
  const { story } = scene;
  const key = generateActorKey(alg);
  const keyFile = join(story.folder, `${name.replace(' ', '-')}.key.json`);
  await writeActorKeyFile(keyFile, key);
  const party: Party = { name, key, keyFile };
  const { result } = await submit(scene, party, 'actor.register', {
    alg,
    public_key: key.signer.publicKey,
    name: `${name} ${story.run}`,
  });
  scene.tell(`${name} is actor ${shortId(key.actorId)} with an ${alg} key`);
  if (result.id !== key.actorId)
    throw new Error(`The ledger registered ${result.id} instead of ${key.actorId}`);
  return party;
}

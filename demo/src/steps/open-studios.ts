import { modelReference, type AttestationAlgorithm } from '@maker-registry/protocol';
import { attestationKeyBody, generateAttestationKey, schemeBody } from '@maker-registry/sdk';
import { newImageMark } from '../machine/image-mark';
import { submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import type { GeneratingStudio } from '../play/story';
import { shortId } from '../terminal/format';
import { registerParty } from './register-actors';

/** Who makes what, with which attestation key: one of each algorithm that the protocol knows. */
const STUDIOS: readonly (readonly [name: string, alg: AttestationAlgorithm])[] = [
  ['painter', 'ed25519'],
  ['remixer', 'bip340'],
  ['animator', 'es256'],
];

export const openStudios: Step = {
  title: 'Three makers register a generating model and a watermark scheme each',
  run: async (scene) => {
    const { story } = scene;
    const studios: GeneratingStudio[] = [];
    for (const [name, alg] of STUDIOS) studios.push(await openStudio(scene, name, alg));
    story.made.studios = studios;
    story.made.platform = await registerParty(scene, 'platform', 'es256');
    const schemes = await Promise.all(
      studios.map(async ({ schemeRef }) =>
        story.registry.read.provenance.scheme(schemeRef, { minHeight: 'own' }),
      ),
    );
    const commitments = new Set(schemes.map((scheme) => scheme.scheme_commitment));
    scene.check(
      'the ledger holds a commitment for each scheme, bound to its model, and no document',
      commitments.size === studios.length && !JSON.stringify(schemes).includes('payload_bits'),
      schemes,
    );
  },
};

async function openStudio(scene: Scene, name: string, alg: AttestationAlgorithm): Promise<GeneratingStudio> {
  const owner = await registerParty(scene, name, 'ed25519');
  const key = generateAttestationKey(alg);
  const modelId = `${name}-model`;
  const modelRef = modelReference(owner.key.actorId, modelId);
  const registered = await submit(scene, owner, 'model.register', {
    ...(await attestationKeyBody(modelRef, key)),
    model_id: modelId,
    model_version: '1.0.0',
    risk_class: 'low',
    updatable: true,
    recorders: [],
  });
  if (registered.result.id !== modelRef) throw new Error('The ledger derived another model reference');
  const mark = await newImageMark(`${name}-marks-1`);
  const uri = `https://schemes.example/${name}-marks-1.json`;
  const { result } = await submit(
    scene,
    owner,
    'scheme.register',
    schemeBody(modelRef, uri, { ...mark.document }),
  );
  scene.tell(`${name}'s model is ${shortId(modelRef)}, attesting with ${alg}`);
  return { owner, key, modelRef, schemeRef: result.id, mark };
}

import { modelReference } from '@maker-registry/protocol';
import { attestationKeyBody, readActorKeyFile, readAttestationKeyFile } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { idList, membersOf, requiredMembersOf } from '../given-members';
import { intentCommand } from '../shapes';

export const modelRegister = intentCommand({
  name: 'model register',
  summary: 'Register a generating model with its attestation key.',
  usage: `--id NAME --version TEXT --risk-class low|medium|high|critical --attestation-key FILE
    [--metadata-uri URI] [--artifact ID] [--recorders ID,ID,…] [--not-updatable]`,
  about: `--id is your own name for the model; with your actor's id it makes model_ref (registry encode id --kind model).
--version is a hash of the weights or a version as you write it. --attestation-key is the model's key (registry keys
generate --attestation); its proof for this model is made here. --recorders may submit records beside you. With
--not-updatable neither key nor description ever change.`,
  example: '--id painter --version 1.0.0 --risk-class low --attestation-key model.json',
  options: {
    id: 'text',
    version: 'text',
    'risk-class': 'text',
    'attestation-key': 'text',
    'metadata-uri': 'text',
    artifact: 'text',
    recorders: 'text',
    'not-updatable': 'switch',
  },
  type: 'model.register',
  body: async (given) => {
    const { actorId } = await readActorKeyFile(required(given, 'actor-key'));
    const key = await readAttestationKeyFile(required(given, 'attestation-key'));
    const modelId = required(given, 'id');
    return {
      ...(await attestationKeyBody(modelReference(actorId, modelId), key)),
      model_id: modelId,
      ...requiredMembersOf(given, { model_version: 'version', risk_class: 'risk-class' }),
      ...membersOf(given, { metadata_uri: 'metadata-uri', artifact_id: 'artifact' }),
      updatable: given['not-updatable'] !== true,
      recorders: idList(given, 'recorders') ?? [],
    };
  },
});

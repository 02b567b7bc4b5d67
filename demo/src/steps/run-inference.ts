import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsNamed } from '../machine/json-lines';
import { runGuard } from '../machine/guarded-command';
import { ProgramError } from '../machine/program';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';
import { embedCommand, guardedRun } from './guarded-run';

/**
 * Cosines that the sentence-transformers documentation publishes for all-MiniLM-L6-v2 and the three sentences of
 * embed.py, to four decimals.
 */
const PUBLISHED_COSINES = [
  [1, 0.666, 0.1046],
  [0.666, 1, 0.1411],
  [0.1046, 0.1411, 1],
] as const;
const TOLERANCE = 0.0002;
const OWNER_ONLY = 0o600;

export const runInference: Step = {
  title: 'The first buyer gets a token and runs the model under the guard',
  run: async (scene) => {
    const { story } = scene;
    const buyer = made(story, 'firstBuyer');
    const { deviceId } = made(story, 'device');
    const token = await story.registry.trust.requestToken(buyer.key, made(story, 'rightId'), { deviceId });
    const file = join(story.folder, 'first.token');
    await writeFile(file, token, { mode: OWNER_ONLY });
    story.made.firstToken = file;
    tellToken(scene, token);
    const { code, stdout, stderr } = await runGuard(
      story,
      guardedRun(story, buyer, { token: file }, embedCommand(story)),
    );
    await writeFile(join(story.folder, 'inference.log'), `${stdout}${stderr}`);
    if (code !== 0) throw new ProgramError('guard run', `ended with code ${code ?? 'none'}`, stderr);
    checkGuard(scene, stderr.split('\n'));
    checkEmbeddings(scene, stdout.split('\n'));
  },
};

function tellToken(scene: Scene, token: string): void {
  const [, payload = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const minutes = Math.round((Number(claims['exp']) - Number(claims['iat'])) / 60);
  scene.fact('token_claims', claims);
  scene.tell(
    `rights token of ${String(claims['iss'])}: version ${String(claims['right_version'])}, for ${minutes} minutes`,
  );
}

function checkGuard(scene: Scene, lines: readonly string[]): void {
  const attested = eventsNamed(lines, 'attested')[0];
  scene.check('the TPM quoted its state and certified the release key', attested !== undefined);
  const released = eventsNamed(lines, 'key-released').map(({ operator }) => String(operator));
  scene.fact('released_by', released);
  scene.tell(`the key came from ${released.join(' and ')}, each by its own verification`);
  const decrypted = eventsNamed(lines, 'decrypted')[0];
  const bytes = Number(decrypted?.['bytes']);
  const gigabytesPerSecond = bytes / 1000 / Number(decrypted?.['cpu_us']);
  scene.fact('decrypt_gb_per_cpu_second', Number(gigabytesPerSecond.toFixed(2)));
  scene.highlight(`Decryption into memory: ${gigabytesPerSecond.toFixed(2)} GB for each second of CPU time.`);
  scene.check(`the guard decrypted ${bytes} bytes into memory`, bytes > 0, decrypted);
}

function checkEmbeddings(scene: Scene, lines: readonly string[]): void {
  const result = eventsNamed(lines, 'embeddings')[0];
  const cosines = result?.['cosines'] as number[][] | undefined;
  scene.fact('inference', result);
  scene.tell(
    `first values of the first embedding: ${JSON.stringify((result?.['first_values'] as unknown[])[0])}`,
  );
  const isPublished = PUBLISHED_COSINES.every((row, i) =>
    row.every((value, j) => Math.abs((cosines?.[i]?.[j] ?? Number.NaN) - value) <= TOLERANCE),
  );
  scene.check(
    'the similarities are those the authors of the model publish (0.6660, 0.1046, 0.1411)',
    isPublished,
    cosines,
  );
}

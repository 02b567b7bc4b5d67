import { join } from 'node:path';
import { made, type Party, type Story } from '../play/story';

/** Arguments and environment of one call of the guard. */
export interface GuardCall {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The inference, as a command for the guard: `{}` stands for the decrypted weights. */
export function embedCommand(story: Story, more: readonly string[] = []): readonly string[] {
  return [
    made(story, 'python'),
    join(story.root, 'demo', 'python', 'embed.py'),
    ...['--model', '{}'],
    ...['--tokenizer', join(made(story, 'modelFolder'), 'tokenizer.json')],
    ...more,
  ];
}

/** `guard run` in a holder's name on the enrolled device. */
export function guardedRun(story: Story, holder: Party, command: readonly string[]): GuardCall {
  const { tcti, state } = made(story, 'device');
  return {
    args: [
      'run',
      ...['--artifact', made(story, 'container')],
      ...['--right', made(story, 'rightId')],
      ...['--key', holder.keyFile],
      ...['--state', state],
      '--',
      ...command,
    ],
    env: { TPM2TOOLS_TCTI: tcti },
  };
}

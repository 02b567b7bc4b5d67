import { join } from 'node:path';
import { made, type Party, type Story } from '../play/story';

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

/** Arguments of `guard run` in a holder's name: by a token at hand, or by the right. */
export function guardedRun(
  story: Story,
  holder: Party,
  by: { readonly token: string } | { readonly right: string },
  command: readonly string[],
): readonly string[] {
  return [
    ...['run', '--json'],
    ...['--artifact', made(story, 'container')],
    ...('token' in by ? ['--token', by.token] : ['--right', by.right]),
    ...['--holder-key', holder.keyFile],
    ...['--state', made(story, 'device').state],
    '--',
    ...command,
  ];
}

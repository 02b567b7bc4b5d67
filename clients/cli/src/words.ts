import { ClientError } from '@maker-registry/sdk';

/** The one word without a name that a command takes. Throws USAGE. */
export function oneWord(words: readonly string[], what: string): string {
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) throw new ClientError('USAGE', `Name one ${what}.`);
  return word;
}

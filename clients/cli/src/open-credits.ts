import { type CollectBody, MAX_COLLECTED_CREDITS } from '@maker-registry/protocol';
import { ClientError, type RegistryClient } from '@maker-registry/sdk';
import { type Given, optional, required } from '@maker-registry/guard';
import { readJsonFile } from './json-file';

/** Options of every command that collects what sources owe. */
export const collectOptions = { currency: 'text', credits: 'text' } as const;

export const COLLECT_HELP = `Collects the open credits that the gateway lists, the oldest first and 400 at most; more_open tells that there are more.
--credits names a file with a JSON list of sources instead (registry vault credits), [] for none. The ledger checks every
one; what a gateway keeps silent about stays owed.`;

/** What a collection names, and whether the gateway lists more. */
export interface CreditsToCollect {
  readonly body: CollectBody;
  readonly moreOpen: boolean;
}

/** The credits named in --credits, or the open ones that the gateway lists for the beneficiary. Throws USAGE. */
export async function creditsToCollect(
  { read }: RegistryClient,
  given: Given,
  beneficiary: string,
): Promise<CreditsToCollect> {
  const currency = required(given, 'currency');
  const file = optional(given, 'credits');
  if (file !== undefined) return { body: { currency, credits: await sourcesIn(file) }, moreOpen: false };
  const credits: string[] = [];
  for await (const { source } of read.royalties.credits(beneficiary, currency, { state: 'open' })) {
    if (credits.length === MAX_COLLECTED_CREDITS) return { body: { currency, credits }, moreOpen: true };
    credits.push(source);
  }
  return { body: { currency, credits }, moreOpen: false };
}

async function sourcesIn(file: string): Promise<string[]> {
  const list = await readJsonFile(file);
  if (Array.isArray(list) && list.every((source) => typeof source === 'string')) return list;
  throw new ClientError('USAGE', `${file} is not a list of sources.`, { subject: file });
}

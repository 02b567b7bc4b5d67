import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonValue } from '@maker-registry/protocol';
import { type Standing } from '../measure/tally';

export interface Occasion {
  readonly date: string;
  readonly corpus: { readonly name: string; readonly sha256: string };
}

/**
 * The `robustness` of a scheme document: what was measured, on which contents, and what was left under each attack. Rates to
 * three places, as canonical decimals.
 */
export function robustnessOf(standing: Standing, { date, corpus }: Occasion): JsonValue {
  const { payloadBits, quality, tallies, contents } = standing;
  const words = Object.entries(quality).map(
    ([name, { median }]) => `${name} ${median.toFixed(name === 'ssim' ? 4 : 1)}`,
  );
  return {
    ...{ measured: date, corpus: corpus.name, corpus_sha256: corpus.sha256, contents },
    ...(words.length === 0 ? {} : { quality: `median ${words.join(', ')}` }),
    rows: tallies.map((tally) => ({
      attack: tally.attack,
      ...(payloadBits === 0
        ? {}
        : {
            payload_rate: decimal(tally.exact / tally.contents),
            bit_accuracy: decimal(tally.bitAccuracy),
          }),
      detection_rate: decimal(tally.detected / tally.contents),
      ...(tally.soundFound === undefined
        ? {}
        : { sound_detection_rate: decimal(tally.soundFound / tally.contents) }),
    })),
  };
}

/** Canonical decimal of a rate, rounded down: what is published was reached. */
export function decimal(share: number): string {
  const thousandths = Math.floor(share * 1000 + 1e-9);
  return thousandths >= 1000 ? '1' : (thousandths / 1000).toString();
}

/** Puts the member into the ready-made document, as its last parameter, and leaves everything else as it stands. */
export async function writeRobustness(folder: string, scheme: string, robustness: JsonValue): Promise<void> {
  const file = join(folder, `${scheme}.json`);
  const document = JSON.parse(await readFile(file, 'utf8')) as { params: Record<string, JsonValue> };
  document.params['robustness'] = robustness;
  await writeFile(file, `${printed(document, 0)}\n`);
}

/** Columns of a line that is not broken; a row of the table fits. */
const LINE = 108;

/** JSON with what fits on a line left on it, two spaces a level. */
function printed(value: JsonValue, indent: number): string {
  const short = inline(value);
  const entries: readonly (readonly [string, JsonValue])[] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 || (indent > 0 && indent + short.length <= LINE)) return short;
  const isList = Array.isArray(value);
  const pad = ' '.repeat(indent + 2);
  const lines = entries.map(
    ([name, member]) => `${pad}${isList ? '' : `${JSON.stringify(name)}: `}${printed(member, indent + 2)}`,
  );
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${lines.join(',\n')}\n${' '.repeat(indent)}${close}`;
}

function inline(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>);
  if (members.length === 0) return '{}';
  return `{ ${members.map(([name, member]) => `${JSON.stringify(name)}: ${inline(member)}`).join(', ')} }`;
}

import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { readTextBytes, writeTextFile } from '../media/text-file';
import { decodeText } from '../text/text-content';
import { readText } from '../text/text-normalization';
import { Tokenizer } from '../text/tokenizer';
import { type AttackGroup, type FileAttack } from './file-attack';

/** What an attacker changes; the stream is fixed, so the same text is changed in the same way. */
type TextChange = (text: string, stream: KeyedStream) => string;
type TokenChange = (ids: Uint32Array, stream: KeyedStream) => readonly number[];

/** Choices of attacks: fixed, and of no secret. */
const ATTACK_KEY = new WatermarkKey(Buffer.alloc(32, 0xa7));
/** Attackers change tokens of this vocabulary, whatever the scheme's own is. */
const ATTACK_TOKENIZER = 'o200k_base';
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'а',
  e: 'е',
  o: 'о',
  p: 'р',
  c: 'с',
  y: 'у',
  x: 'х',
  i: 'і',
};
const LINE_WIDTH = 72;

/** Attacks on a marked text, from a typist's to a thief's. Paraphrasing is none of them: it needs a language model. */
export const TEXT_ATTACKS: readonly FileAttack[] = [
  ...[10, 20, 30].map((percent) => tokenAttack(`substitute-${percent}`, 'editing', substitute(percent))),
  ...[10, 20].map((percent) => tokenAttack(`delete-${percent}`, 'editing', remove(percent))),
  ...[10, 20].map((percent) => tokenAttack(`insert-${percent}`, 'editing', insert(percent))),
  textAttack('shuffle-sentences', 'editing', shuffleSentences),
  tokenAttack('truncate-50', 'geometric', (ids) => [...ids.subarray(0, ids.length >> 1)]),
  tokenAttack('crop-middle-50', 'geometric', (ids) => [
    ...ids.subarray(ids.length >> 2, (3 * ids.length) >> 2),
  ]),
  tokenAttack('paste-100-in-1000', 'geometric', paste(100, 1000)),
  tokenAttack('paste-200-in-2000', 'geometric', paste(200, 2000)),
  textAttack('lower-case', 'valuemetric', (text) => text.toLowerCase()),
  textAttack(
    'upper-case-words-10',
    'valuemetric',
    someWords(10, (word) => word.toUpperCase()),
  ),
  textAttack('homoglyphs-10', 'valuemetric', someWords(10, lookAlike)),
  textAttack('homoglyphs-all', 'valuemetric', lookAlike),
  textAttack(
    'zero-width-10',
    'valuemetric',
    someWords(10, (word) => `${word.slice(0, 1)}\u200b${word.slice(1)}`),
  ),
  textAttack('double-spaces', 'valuemetric', (text) => text.replace(/ /g, '  ')),
  textAttack('no-break-spaces', 'valuemetric', (text) => text.replace(/ /g, '\u00a0')),
  textAttack('crlf', 'valuemetric', (text) => text.replace(/\r?\n/g, '\r\n')),
  textAttack('wrap-72', 'valuemetric', (text) => wrap(text)),
  textAttack('clean-unicode', 'valuemetric', (text) => readText(text, 'cleaned')),
  tokenAttack('substitute-10-truncate-50', 'combined', (ids, stream) =>
    substitute(10)(ids.subarray(0, ids.length >> 1), stream),
  ),
  textAttack('double-spaces-homoglyphs-10', 'combined', (text, stream) =>
    someWords(10, lookAlike)(text.replace(/ /g, '  '), stream),
  ),
];

function textAttack(name: string, group: AttackGroup, change: TextChange): FileAttack {
  return {
    name,
    medium: 'text',
    group,
    apply: async (input, output, signal) => {
      const { bytes } = await readTextBytes({ path: input }, signal);
      await writeTextFile(output, change(decodeText(bytes), new KeyedStream(ATTACK_KEY, `text/${name}`)));
    },
  };
}

function tokenAttack(name: string, group: AttackGroup, change: TokenChange): FileAttack {
  return textAttack(name, group, (text, stream) => {
    const tokenizer = Tokenizer.named(ATTACK_TOKENIZER);
    const ids = tokenizer.encode(readText(text, 'exact'));
    return ids.length === 0 ? text : tokenizer.decode(change(ids, stream));
  });
}

/** Any token of the text may take the place of another: the language stays. */
function anyOf(ids: Uint32Array, stream: KeyedStream): number {
  return ids[stream.below(ids.length)];
}

function substitute(percent: number): TokenChange {
  return (ids, stream) => Array.from(ids, (id) => (stream.below(100) < percent ? anyOf(ids, stream) : id));
}

function remove(percent: number): TokenChange {
  return (ids, stream) => Array.from(ids).filter(() => stream.below(100) >= percent);
}

function insert(percent: number): TokenChange {
  return (ids, stream) =>
    Array.from(ids).flatMap((id) => (stream.below(100) < percent ? [id, anyOf(ids, stream)] : [id]));
}

/** `marked` tokens in a row from the middle, within others of the text in random order, which carry no mark. */
function paste(marked: number, total: number): TokenChange {
  return (ids, stream) => {
    const start = Math.max(0, (ids.length - marked) >> 1);
    const before = stream.below(total - marked);
    const around = Array.from({ length: total - marked }, () => anyOf(ids, stream));
    return [...around.slice(0, before), ...ids.subarray(start, start + marked), ...around.slice(before)];
  };
}

function shuffleSentences(text: string, stream: KeyedStream): string {
  const sentences = text.split(/(?<=[.!?]) /);
  return Array.from(stream.permutation(sentences.length), (index) => sentences[index]).join(' ');
}

function someWords(percent: number, change: (word: string) => string): TextChange {
  return (text, stream) =>
    text.replace(/[A-Za-z]{2,}/g, (word) => (stream.below(100) < percent ? change(word) : word));
}

function lookAlike(text: string): string {
  return text.replace(/[aeopcyxi]/g, (letter) => LOOK_ALIKES[letter] ?? letter);
}

/** Greedy wrapping of each paragraph, as mail programs do. */
function wrap(text: string): string {
  return text
    .split('\n\n')
    .map((paragraph) => {
      let column = 0;
      return paragraph
        .split(/[ \n]/)
        .map((word) => {
          const breaks = column > 0 && column + 1 + word.length > LINE_WIDTH;
          const lead = column === 0 ? '' : breaks ? '\n' : ' ';
          column = (breaks ? 0 : column + lead.length) + word.length;
          return lead + word;
        })
        .join('');
    })
    .join('\n\n');
}

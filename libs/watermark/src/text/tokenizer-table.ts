/** What defines a tokenizer that ships with this package: a vocabulary by its digest and a pattern that cuts text into pieces. */
export interface TokenizerSpec {
  readonly name: string;
  /** SHA-256 of the vocabulary in tiktoken's text form, as its publisher pins it. */
  readonly vocabularySha256: string;
  /** Every id is below it. */
  readonly vocabularySize: number;
  readonly pattern: RegExp;
}

/** Without regard to case, which in Unicode has the long s as a form of s. */
const CONTRACTION = String.raw`'(?:[sS\u017f]|[dD]|[mM]|[tT]|[lL][lL]|[vV][eE]|[rR][eE])`;
/** White_Space of Unicode, which ECMAScript's \s is not: that has U+FEFF and lacks U+0085. */
const SPACE = String.raw`\p{White_Space}`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const LEAD = String.raw`[^\r\n\p{L}\p{N}]?`;

const CL100K = [
  CONTRACTION,
  String.raw`${LEAD}\p{L}+`,
  String.raw`\p{N}{1,3}`,
  String.raw` ?[^${SPACE}\p{L}\p{N}]+[\r\n]*`,
  String.raw`${SPACE}+$`,
  String.raw`${SPACE}*[\r\n]`,
  String.raw`${SPACE}+(?!\P{White_Space})`,
  SPACE,
].join('|');

const O200K = [
  String.raw`${LEAD}${UPPER}*${LOWER}+(?:${CONTRACTION})?`,
  String.raw`${LEAD}${UPPER}+${LOWER}*(?:${CONTRACTION})?`,
  String.raw`\p{N}{1,3}`,
  String.raw` ?[^${SPACE}\p{L}\p{N}]+[\r\n/]*`,
  String.raw`${SPACE}*[\r\n]+`,
  String.raw`${SPACE}+(?!\P{White_Space})`,
  `${SPACE}+`,
].join('|');

/** Vocabularies and patterns of tiktoken's encodings of these names; special tokens are never read from text. */
export const TOKENIZERS: readonly TokenizerSpec[] = [
  {
    name: 'o200k_base',
    vocabularySha256: '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
    vocabularySize: 199_998,
    pattern: new RegExp(O200K, 'gu'),
  },
  {
    name: 'cl100k_base',
    vocabularySha256: '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
    vocabularySize: 100_256,
    pattern: new RegExp(CL100K, 'gu'),
  },
];

/** The content holds ids of a tokenizer that is not here: a JSON array of integers. */
export const TOKEN_IDS = 'token_ids';

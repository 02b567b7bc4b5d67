import { type Medium } from '@maker-registry/watermark';
import { COUNTED_POWERS } from '../measure/look-for-nothing';
import { wilson } from '../measure/statistics';
import { type CostRatio, type Standing } from '../measure/tally';
import { type UnmarkedResult } from '../measure/tasks';
import { type TextTokensResult } from '../measure/text-tokens';
import { rate, table } from './format';
import { mediumSection } from './medium-section';
import { SHORTFALLS } from './shortfalls';

/** What the page is written from. */
export interface ReportInput {
  readonly date: string;
  readonly machine: string;
  readonly versions: readonly string[];
  readonly corpus: { readonly name: string; readonly sha256: string; readonly contents: number };
  readonly media: readonly MediumFindings[];
  readonly texts?: TextTokensResult;
  readonly notes: readonly string[];
}

export interface MediumFindings {
  readonly medium: Medium;
  readonly ours: readonly Standing[];
  readonly peers: readonly Standing[];
  readonly unmarked: readonly UnmarkedResult[];
  readonly ratios?: readonly CostRatio[];
  readonly plot?: { readonly file: string; readonly description: string };
}

const HEADINGS: Readonly<Record<Medium, string>> = {
  image: 'Pictures',
  audio: 'Sound',
  video: 'Film',
  text: 'Text',
  weights: 'Model weights',
};

/** The page of measured robustness, in Markdown. */
export function reportPage(input: ReportInput): string {
  const { media } = input;
  return [
    '# How robust the watermarks are',
    '',
    'Made by `make bench-watermark`; nothing in it is written by hand but the reasons. Each content of the corpus is marked with its own',
    'key and payload, the marked file is attacked, and the detector gets the attacked file alone: no original, no undoing, no hint.',
    '',
    ...occasion(input),
    ...reading(),
    ...media.flatMap((findings) => [
      `## ${HEADINGS[findings.medium]}`,
      '',
      ...(findings.plot === undefined ? [] : [`![${findings.plot.description}](${findings.plot.file})`, '']),
      ...mediumSection(findings.medium, findings.ours, findings.peers, SHORTFALLS),
      ...ratioLines(findings),
    ]),
    ...(input.texts === undefined ? [] : textTokens(input.texts)),
    ...falseAlarms(media.flatMap(({ unmarked }) => unmarked)),
    ...notes(input.notes),
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}

function occasion({ date, machine, versions, corpus, media }: ReportInput): string[] {
  const counts = media.map(
    ({ medium, ours }) => `${medium} ${Math.max(0, ...ours.map(({ contents }) => contents))}`,
  );
  return [
    `- Measured ${date} on ${machine}.`,
    `- ${versions.join('; ')}.`,
    `- Corpus \`${corpus.name}\`, manifest SHA-256 \`${corpus.sha256}\` (benchmarks/watermark/corpus.json): contents marked: ${counts.join(', ')}.`,
    '- Keys, payloads, noise and choices of attacks come from fixed seeds: a second run on the same versions gives the same rates.',
    '',
  ];
}

function reading(): string[] {
  return [
    '## How to read the tables',
    '',
    '- **exact**: share of contents whose whole payload was read without an error and with a p-value of at most 1e-6, with its 95 % Wilson',
    '  interval. **found**: the detector decided `detected`, which its exact p-value allows at a false-positive rate of 1e-6.',
    '- **bit accuracy**: share of payload bits read right. Where our detector found nothing it says nothing, which counts as one half.',
    '- CPU is user and system time of the process; ffmpeg’s decoding is in the clock’s time only. The clock is of two processes on two cores.',
    '- Contents on which nothing can be hidden (flat drawings, near silence) are in the corpus and in every rate.',
    '',
  ];
}

function ratioLines({ ours, ratios = [] }: MediumFindings): string[] {
  return ratios
    .filter(({ contestant }) => ours.some((one) => one.contestant === contestant))
    .flatMap(({ contestant, yardstick, looks, ratio }) => [
      `Looking took ${contestant} ${ratio.toFixed(3)} of the CPU time of ${yardstick}, over the ${looks} files that both looked at (0.2 to reach).`,
      '',
    ]);
}

function falseAlarms(unmarked: readonly UnmarkedResult[]): string[] {
  if (unmarked.length === 0) return [];
  const names = [...new Set(unmarked.map(({ contestant }) => contestant))];
  const sums = names.map((name) => sumOf(unmarked.filter(({ contestant }) => contestant === name)));
  const total = sums.reduce((sum, { detections }) => sum + detections, 0);
  const alarms = sums.reduce((sum, { detected }) => sum + detected, 0);
  return [
    '## False alarms',
    '',
    `${total} detections on content without a mark, each with a key of its own: ${alarms} false alarm${alarms === 1 ? '' : 's'}`,
    `(upper end of the 95 % interval: ${wilson(alarms, total).high.toPrecision(2)}). The stated rate of 1e-6 is exact by construction; these counts`,
    'only show that p-values are not too small: at most a share of 1e-2 may lie at or below 1e-2, and so on. Schemes with a payload pay for',
    'every payload and reading beforehand, so their p-values lie far above.',
    '',
    ...table(
      [
        'scheme',
        'detections',
        'detected',
        'inconclusive',
        ...COUNTED_POWERS.slice(0, 3).map((power) => `p ≤ 1e${power}`),
        'refused',
      ],
      sums.map((sum) => [
        sum.contestant,
        ...[sum.detections, sum.detected, sum.inconclusive, ...sum.atMost.slice(0, 3), sum.refused].map(
          String,
        ),
      ]),
    ),
    '',
  ];
}

function sumOf(results: readonly UnmarkedResult[]): UnmarkedResult {
  const add = (pick: (one: UnmarkedResult) => number): number =>
    results.reduce((sum, one) => sum + pick(one), 0);
  return {
    contestant: results[0]?.contestant ?? '',
    detections: add((one) => one.detections),
    detected: add((one) => one.detected),
    inconclusive: add((one) => one.inconclusive),
    refused: add((one) => one.refused),
    seconds: add((one) => one.seconds),
    atMost: COUNTED_POWERS.map((_, at) => add((one) => one.atMost[at] ?? 0)),
  };
}

function textTokens(result: TextTokensResult): string[] {
  const rows = result.rows.map((row) => [
    `${row.tokens}`,
    `\`${row.attack}\``,
    ...[row.ours, row.kgw, row.oursSynthId, row.synthId].map((share) =>
      share === undefined ? '–' : rate(share),
    ),
    row.minimum === undefined ? '' : `≥ ${rate(row.minimum)}`,
  ]);
  return [
    '### Text, token for token beside transformers',
    '',
    `${result.texts} texts of each length from a sampler of ${result.entropyBits.toFixed(2)} bits a token before marking (vocabulary`,
    `${result.vocabulary}, γ = .25, δ = 2), marked by our processor and by transformers’ own. Share found at a false-positive rate of 1e-6:`,
    'ours by its exact p-value, transformers’ by its normal approximation, each with its own mark. SynthID-Text: the same texts, marked by',
    'transformers, read by our detector and by its own scores.',
    '',
    ...table(
      [
        'tokens',
        'attack',
        'our green list',
        'transformers KGW',
        'SynthID, ours',
        'SynthID, theirs',
        'to reach',
      ],
      rows,
    ),
    '',
    `Our green-list detector reads ${Math.round(result.tokensPerSecond / 1000)} thousand tokens a second on one core (500 thousand to reach).`,
    '',
  ];
}

function notes(lines: readonly string[]): string[] {
  return ['## What was not measured, and limits', '', ...lines.map((line) => `- ${line}`), ''];
}

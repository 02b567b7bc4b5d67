import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Medium } from '@maker-registry/watermark';
import { runProgram } from '../corpus/run-program';
import { machine } from '../../machine';
import { IMAGE_PEERS } from '../measure/contestants';
import { type Measured } from '../measure/measured';
import { costRatios, type Standing, standingOf } from '../measure/tally';
import { type TextTokensResult } from '../measure/text-tokens';
import { NOTES } from './notes';
import { barChart } from './plot';
import { type MediumFindings, reportPage } from './report';
import { robustnessOf, writeRobustness } from './robustness-member';
import { targetOf } from './targets';

const PAGE = 'docs/watermark-robustness.md';
const PLOTS = 'docs/plots';

/** Writes the page, a plot for each medium and the robustness of each scheme document. */
export async function writeReport(
  root: string,
  measured: Measured,
  notes: readonly string[],
  texts?: TextTokensResult,
): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const media = [...new Set(measured.contents.map(({ medium }) => medium))];
  const findings = media.map((medium) => findingsOf(medium, measured));
  await mkdir(join(root, PLOTS), { recursive: true });
  for (const finding of findings) {
    if (finding.plot !== undefined) await writeFile(join(root, 'docs', finding.plot.file), chartOf(finding));
    for (const standing of finding.ours) {
      const robustness = robustnessOf(standing, { date, corpus: measured.corpus });
      await writeRobustness(join(root, 'libs/watermark/schemes'), standing.contestant, robustness);
    }
  }
  const page = reportPage({
    ...{ date, machine: machine(), corpus: measured.corpus, media: findings, notes: [...notes, ...NOTES] },
    versions: await versions(texts),
    ...(texts === undefined ? {} : { texts }),
  });
  await writeFile(join(root, PAGE), page);
  await runProgram(join(root, 'node_modules/.bin/prettier'), ['--write', PAGE, 'libs/watermark/schemes'], {
    cwd: root,
  });
}

function findingsOf(medium: Medium, measured: Measured): MediumFindings {
  const results = measured.contents.filter((result) => result.medium === medium);
  const names = [...new Set(results.map(({ contestant }) => contestant))];
  const peerNames: readonly string[] = IMAGE_PEERS.map(({ name }) => name);
  const standings = names.map((name) =>
    standingOf(
      name,
      results.filter(({ contestant }) => contestant === name),
    ),
  );
  return {
    medium,
    ours: standings.filter(({ contestant }) => !peerNames.includes(contestant)),
    ratios: costRatios(results),
    peers: peerNames.flatMap((name) => standings.filter(({ contestant }) => contestant === name)),
    unmarked: measured.unmarked.filter((result) => result.medium === medium),
    plot: {
      file: `plots/watermark-${medium}.svg`,
      description: `Share of payloads read exactly, by attack: ${medium}`,
    },
  };
}

function chartOf({ medium, ours, peers, plot }: MediumFindings): string {
  // More than five bars a row cannot be told apart; the same program with more bits is in the tables.
  const everybody = [...ours, ...peers.filter(({ contestant }) => !contestant.endsWith('-64'))].slice(0, 5);
  const attacks = ours[0]?.tallies.map(({ attack }) => attack) ?? [];
  const share = ({ tallies }: Standing, attack: string): number | undefined => {
    const tally = tallies.find((one) => one.attack === attack);
    return tally === undefined ? undefined : tally.exact / tally.contents;
  };
  return barChart({
    title: plot?.description ?? medium,
    description: `One group of bars for each of ${attacks.length} attacks, one bar for each of: ${everybody.map(({ contestant }) => contestant).join(', ')}. The tables beside the plot have the same figures.`,
    series: everybody.map(({ contestant }) => contestant),
    rows: attacks.map((attack) => {
      const minimum = targetOf(medium, ours[0]?.contestant ?? '', attack)?.minimum;
      return {
        ...{ label: attack, values: everybody.map((standing) => share(standing, attack)) },
        ...(minimum === undefined ? {} : { minimum }),
      };
    }),
  });
}

async function versions(texts: TextTokensResult | undefined): Promise<string[]> {
  const ffmpeg =
    /version (\S+)/.exec(await runProgram('ffmpeg', ['-version']).catch(() => ''))?.[1] ?? 'not there';
  const transformers = Object.entries(texts?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  return [
    `Node ${process.version}, ffmpeg ${ffmpeg}`,
    'invisible-watermark 0.2.0, blind-watermark 0.4.4 with onnxruntime 1.19.2, OpenCV 4.10.0.84 and numpy 1.26.4, one thread each',
    ...(transformers.length === 0 ? [] : [transformers.join(', ')]),
  ];
}

/**
 * `make bench-watermark`: marks the corpus with our schemes and with other people's, attacks both, and writes what was left to
 * docs/watermark-robustness.md. Interrupted, it goes on where it was: results are kept in .cache/watermark-bench.
 */
import { parseArgs } from 'node:util';
import { MEDIA, type Medium } from '@maker-registry/watermark';
import { WORKERS } from './limits';
import { runBenchmark } from './run-benchmark';
import { SAMPLE_MEDIA } from './sample';

const USAGE = `Usage: node benchmarks/dist/watermark/main.js [--media image,audio,video,text,weights] [--no-peers] [--no-report]
       [--contents COUNT] [--workers COUNT] [--only-peers] [--no-unmarked] [--text-python PATH] [--sample]

  --sample         two pictures, a sound and a text made on the spot, no peers, no report: some seconds
  --note TEXT      a limit of this very run, for the page; may be repeated
  --workers 0      takes only what is kept from before
  --contents       at most so many contents of each medium
  --text-python    a Python that has transformers and torch, instead of making an environment
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      media: { type: 'string', default: MEDIA.join(',') },
      contents: { type: 'string' },
      note: { type: 'string', multiple: true, default: [] },
      workers: { type: 'string', default: String(WORKERS) },
      'text-python': { type: 'string' },
      'no-peers': { type: 'boolean', default: false },
      'no-report': { type: 'boolean', default: false },
      'no-unmarked': { type: 'boolean', default: false },
      'only-peers': { type: 'boolean', default: false },
      sample: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const media = values.sample ? [...SAMPLE_MEDIA] : values.media.split(',');
  const unknown = media.filter((medium) => !MEDIA.includes(medium as Medium));
  if (unknown.length > 0) throw new Error(`There is no medium ${unknown.join(', ')}.\n${USAGE}`);
  await runBenchmark({
    media: media as Medium[],
    contents: values.contents === undefined ? Infinity : Number(values.contents),
    workers: Number(values.workers),
    withPeers: !values['no-peers'] && !values.sample,
    notes: values.note,
    withOurs: !values['only-peers'],
    withUnmarked: !values['no-unmarked'],
    withReport: !values['no-report'] && !values.sample,
    isSample: values.sample,
    ...(values['text-python'] === undefined ? {} : { textPython: values['text-python'] }),
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});

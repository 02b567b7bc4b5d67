import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContentResult } from '../measure/measure-content';
import { type Standing, standingOf } from '../measure/tally';
import { mediumSection, missed } from './medium-section';
import { barChart } from './plot';
import { reportPage } from './report';
import { decimal, robustnessOf, writeRobustness } from './robustness-member';

function result(id: string, exact: readonly boolean[], changes: Partial<ContentResult> = {}): ContentResult {
  const attacks = ['none', 'jpeg-75'];
  return {
    ...{
      id,
      kind: 'photograph',
      contestant: 'image-x',
      payloadBits: 64,
      quality: { psnr: 40 + exact.length },
    },
    embed: { seconds: 1, wall: 2 },
    rows: attacks.map((attack, at) => ({
      ...{ attack, isExact: exact[at] === true, isDetected: true, seconds: 0.5, wall: 1 },
      bitAccuracy: exact[at] === true ? 1 : 0.5,
    })),
    memory: 100,
    ...changes,
  };
}

const STANDING: Standing = standingOf('image-x', [
  result('image-1', [true, true]),
  result('image-2', [true, false]),
]);
const OCCASION = { date: '2026-11-26', corpus: { name: 'corpus', sha256: '0'.repeat(64) } };

describe('a standing', () => {
  it('counts what was read exactly and what was found', () => {
    expect(STANDING.tallies).toEqual([
      { attack: 'none', contents: 2, exact: 2, detected: 2, bitAccuracy: 1, failed: 0 },
      { attack: 'jpeg-75', contents: 2, exact: 1, detected: 2, bitAccuracy: 0.75, failed: 0 },
    ]);
    expect(STANDING.quality['psnr']).toEqual({ median: 42, worst: 42 });
  });

  it('counts a content that could not be marked as lost, not as absent', () => {
    const rows = result('image-3', [false, false]).rows.map((row) => ({
      ...row,
      isDetected: false,
      error: 'x',
    }));
    const standing = standingOf('image-x', [
      result('image-1', [true, true]),
      result('image-3', [], { refused: 'MEDIA_TOO_SMALL: small', rows, quality: {} }),
    ]);
    expect(standing.refused).toBe(1);
    expect(standing.tallies[0]).toMatchObject({ contents: 2, exact: 1, failed: 1 });
  });

  it('counts sound apart, and only where a scheme marks it', () => {
    const rows = result('video-1', [true, true]).rows.map((row, at) => ({ ...row, isSoundFound: at === 0 }));
    const standing = standingOf('image-x', [result('video-1', [], { rows })]);
    expect(standing.tallies.map(({ soundFound }) => soundFound)).toEqual([1, 0]);
    expect(mediumSection('video', [standing], [], {}).join('\n')).toContain('sound alone found');
    expect(robustnessOf(standing, OCCASION)).toMatchObject({
      rows: [{ sound_detection_rate: '1' }, { sound_detection_rate: '0' }],
    });
    expect(mediumSection('image', [STANDING], [], {}).join('\n')).not.toContain('sound alone');
  });

  it('of nothing has no rows', () => {
    expect(standingOf('image-x', []).tallies).toEqual([]);
  });
});

describe('the page', () => {
  const input = {
    ...{ ...OCCASION, machine: 'a machine', versions: ['Node'], notes: ['a limit'] },
    corpus: { ...OCCASION.corpus, contents: 2 },
    media: [{ medium: 'image' as const, ours: [STANDING], peers: [], unmarked: [] }],
  };

  it('says where a target was missed, and that no reason is known', () => {
    const page = reportPage(input);
    expect(missed('image', STANDING)).toEqual(['jpeg-75']);
    expect(page).toContain('Short of what was asked for: `jpeg-75`. No reason is known yet.');
    expect(page).toMatch(/\| `jpeg-75` \| 0\.5 \(0\.095–0\.905\) +\| 1 +\| 0\.75 +\| ≥ 0\.99 +\| short/);
  });

  it('gives the reason where one is known', () => {
    const section = mediumSection('image', [STANDING], [], { 'image-x': 'Too strong.' });
    expect(section.join('\n')).toContain('`jpeg-75`. Too strong.');
  });

  it('claims nothing about false alarms that were not looked for', () => {
    expect(reportPage(input)).not.toContain('False alarms');
  });

  it('counts false alarms as they are', () => {
    const unmarked = [
      {
        contestant: 'image-x',
        detections: 100,
        detected: 1,
        inconclusive: 2,
        atMost: [3, 2, 1, 1, 1],
        refused: 4,
        seconds: 1,
      },
    ];
    const page = reportPage({
      ...input,
      media: [{ medium: 'image', ours: [STANDING], peers: [], unmarked }],
    });
    expect(page).toContain(
      '100 detections on content without a mark, each with a key of its own: 1 false alarm',
    );
    expect(page).toMatch(/\| image-x \| 100 +\| 1 +\| 2 +\| 3 +\| 2 +\| 1 +\| 4/);
  });
});

describe('the robustness of a scheme document', () => {
  it('has canonical rates, rounded down', () => {
    expect([0, 0.5, 0.9479, 0.9999, 1, 1 / 3].map(decimal)).toEqual([
      '0',
      '0.5',
      '0.947',
      '0.999',
      '1',
      '0.333',
    ]);
    expect(robustnessOf(STANDING, OCCASION)).toMatchObject({
      ...{ measured: '2026-11-26', contents: 2, quality: 'median psnr 42.0' },
      rows: [
        { payload_rate: '1' },
        { attack: 'jpeg-75', payload_rate: '0.5', detection_rate: '1', bit_accuracy: '0.75' },
      ],
    });
  });

  it('replaces an earlier one and leaves the rest', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'robustness-'));
    try {
      const file = join(folder, 'x.json');
      writeFileSync(file, JSON.stringify({ scheme_id: 'x', params: { a: 1, robustness: { old: true } } }));
      await writeRobustness(folder, 'x', { rows: [] });
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
        scheme_id: 'x',
        params: { a: 1, robustness: { rows: [] } },
      });
      await expect(writeRobustness(folder, 'y', {})).rejects.toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a plot', () => {
  const chart = barChart({
    ...{ title: 'A <plot>', description: 'What & why', series: ['ours', 'theirs'] },
    rows: [{ label: 'jpeg-75', values: [1, undefined], minimum: 0.99 }],
  });

  it('says what it shows to those who do not see it', () => {
    expect(chart).toContain('role="img" aria-labelledby="title description"');
    expect(chart).toContain('<title id="title">A &lt;plot&gt;</title>');
    expect(chart).toContain('<desc id="description">What &amp; why</desc>');
  });

  it('draws a bar only where there is a figure', () => {
    expect(chart.match(/height="7"/g)).toHaveLength(1);
  });
});

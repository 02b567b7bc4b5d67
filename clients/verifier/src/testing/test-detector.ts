import { decodeUtf8, type DetectorOutcome } from '@maker-registry/protocol';
import { type Detector } from '../detector';

/** What precedes the answer inside a fixture's content. */
export const MARK = 'WM:';

/**
 * A detector for fixtures: the content itself says, in its last line, what the detector is to answer. It finds nothing
 * where no such line is, and breaks on `WM:throw`. Of no use for anything but tests.
 */
export const TEST_DETECTOR: Detector = {
  name: 'test-mark',
  version: '1.0.0',
  detect: (content) => {
    const line = decodeUtf8(content)
      .split('\n')
      .find((candidate) => candidate.startsWith(MARK));
    if (line === undefined) return { decision: 'not-detected', confidence: '0.01' };
    if (line === `${MARK}throw`) throw new Error('The mark cannot be read.');
    return JSON.parse(line.slice(MARK.length)) as DetectorOutcome;
  },
};

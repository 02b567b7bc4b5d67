/** Why a scheme falls short of its targets, by document; written by people who know, shown beside the figures. */
export const SHORTFALLS: Readonly<Record<string, string>> = {
  'audio-patchwork-v1':
    'Lost are both synthetic voices and a row of drum loops, clips with pauses and little above a few kHz. The likely reason, not ' +
    'proved: white noise 20 dB below the mean of the whole clip fills the pauses and covers the upper bands, and the mark, hidden ' +
    'under the clip, is there below the noise. Recorded speech and music keep it.',
};

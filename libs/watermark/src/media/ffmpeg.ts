/**
 * Arguments before an input that came from outside. The format is the one that the first bytes show, and no other may be
 * opened from within it: not the playlists, scripts and image sequences that read other files, not the network.
 * `file:` keeps a name such as `concat:a|b` or `-` from being read as more than a name. Every stream is looked into before
 * the chosen one is decoded, cover pictures too: none may take memory for more than `maxPixels`.
 */
export function untrustedInput(path: string, format: string, maxPixels: number): string[] {
  return [
    ...['-protocol_whitelist', 'file,pipe'],
    ...['-format_whitelist', format],
    ...['-max_streams', '256', '-max_pixels', String(maxPixels)],
    ...['-f', format],
    ...['-i', `file:${path}`],
  ];
}

/** Arguments that begin every run of ffmpeg: quiet, never asking, integer and exact where a decoder has the choice. */
export function quietly(): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-v', 'error'],
    ...['-threads', '2', '-flags', '+bitexact'],
  ];
}

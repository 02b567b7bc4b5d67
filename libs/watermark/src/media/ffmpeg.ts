import { type MediaLimits } from './media-limits';

/**
 * Arguments before an input that came from outside. The format is the one that the first bytes show, and no other may be
 * opened from within it: not the playlists, scripts and image sequences that read other files, not the network.
 * `file:` keeps a name such as `concat:a|b` or `-` from being read as more than a name.
 */
export function untrustedInput(path: string, format: string): string[] {
  return [
    ...['-protocol_whitelist', 'file,pipe'],
    ...['-format_whitelist', format],
    ...['-max_streams', '256'],
    ...['-f', format],
    ...['-i', `file:${path}`],
  ];
}

/** Arguments that begin every run of ffmpeg: quiet, never asking, integer and exact where a decoder has the choice. */
export function quietly(limits: MediaLimits): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-v', 'error'],
    ...['-threads', '2', '-flags', '+bitexact', '-max_pixels', String(limits.maxPixels)],
  ];
}

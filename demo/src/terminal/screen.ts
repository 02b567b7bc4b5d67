import { FRAME_MS, SILENCE_MS } from '../limits';
import { formatSeconds } from './format';
import { coloredStyle, plainStyle, wantsColor, type Style } from './style';

/** Where the demonstration writes. On a terminal the last line moves while something is at work. */
export interface Screen {
  readonly style: Style;
  readonly line: (text: string) => void;
  /** Shows that `label` is at work, until `rest`. */
  readonly work: (label: string) => void;
  readonly rest: () => void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const CLEAR_LINE = '\r\u001b[2K';

export function openScreen(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Screen {
  return wantsColor(stream, environment) ? movingScreen(stream) : plainScreen(stream);
}

function movingScreen(stream: NodeJS.WritableStream): Screen {
  let timer: NodeJS.Timeout | undefined;
  let draw = (): void => undefined;
  return {
    style: coloredStyle,
    line: (text) => {
      stream.write(`${CLEAR_LINE}${text}\n`);
      draw();
    },
    work: (label) => {
      const started = performance.now();
      draw = () => {
        const elapsed = performance.now() - started;
        const frame = FRAMES[Math.floor(elapsed / FRAME_MS) % FRAMES.length] ?? '';
        stream.write(
          `${CLEAR_LINE}      ${frame} ${coloredStyle.faint(`${label} ${formatSeconds(elapsed)}`)}`,
        );
      };
      clearInterval(timer);
      timer = setInterval(draw, FRAME_MS);
      draw();
    },
    rest: () => {
      clearInterval(timer);
      draw = () => undefined;
      stream.write(CLEAR_LINE);
    },
  };
}

/** One line after the other; a long silence is broken by a line that says what is at work. */
export function plainScreen(stream: NodeJS.WritableStream): Screen {
  let timer: NodeJS.Timeout | undefined;
  return {
    style: plainStyle,
    line: (text) => {
      stream.write(`${text}\n`);
      timer?.refresh();
    },
    work: (label) => {
      const started = performance.now();
      clearInterval(timer);
      timer = setInterval(() => {
        stream.write(`      still at it: ${label}, ${formatSeconds(performance.now() - started)}\n`);
      }, SILENCE_MS);
    },
    rest: () => {
      clearInterval(timer);
    },
  };
}

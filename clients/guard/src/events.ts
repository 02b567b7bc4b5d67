import { ERROR_CODES, isErrorCode, isRegistryError } from '@maker-registry/protocol';
import { WATERMARK_ERROR_ACTIONS, WatermarkError } from '@maker-registry/watermark';
import { CLIENT_ERROR_CODES, isClientError, messageOf } from '@maker-registry/sdk';

/** What the guard tells of: steps before the command starts, what it sees while the command runs, and the end. */
export type EventName =
  | 'attested'
  | 'decrypted'
  | 'ended'
  | 'enrolled'
  | 'error'
  | 'key-released'
  | 'list'
  | 'output'
  | 'pinned'
  | 'progress'
  | 'refused'
  | 'share'
  | 'started'
  | 'stopped'
  | 'stopping'
  | 'token'
  | 'warning';

/** Figures and names of an event; never a key or plaintext. */
export type EventFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Tell = (event: EventName, fields?: EventFields) => void;

/** Tells events on a stream: as JSON lines with `at` in Unix milliseconds, or as sentences for people. */
export function teller(stream: NodeJS.WritableStream, asJson: boolean): Tell {
  return (event, fields = {}) => {
    stream.write(
      asJson ? `${JSON.stringify({ event, at: Date.now(), ...fields })}\n` : sentence(event, fields),
    );
  };
}

function sentence(event: EventName, fields: EventFields): string {
  const facts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  return `guard: ${event}${printable(facts.map((fact) => ` ${fact}`).join(''))}\n`;
}

/** A gateway chooses some of these words: they must neither steer a terminal nor look like another event. */
function printable(text: string): string {
  return text.replaceAll(
    /\p{Cc}|\p{Zl}|\p{Zp}|\p{Cf}/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** An error as an event shows it: code, sentence, subject, and what to do. */
export function errorFields(error: unknown): {
  code: string;
  message: string;
  subject?: string;
  action: string;
} {
  if (isRegistryError(error) || isClientError(error)) {
    const { code, message, subject } = error;
    return { code, message, ...(subject === undefined ? {} : { subject }), action: actionOf(code) };
  }
  if (error instanceof WatermarkError) {
    const { code, message, subject } = error;
    return {
      code,
      message,
      ...(subject === undefined ? {} : { subject }),
      action: WATERMARK_ERROR_ACTIONS[code],
    };
  }
  return { code: 'INTERNAL', message: messageOf(error), action: 'Report it with this line.' };
}

function actionOf(code: string): string {
  if (isErrorCode(code)) return ERROR_CODES[code].action;
  return Object.hasOwn(CLIENT_ERROR_CODES, code)
    ? CLIENT_ERROR_CODES[code as keyof typeof CLIENT_ERROR_CODES].action
    : 'Report it with this line.';
}

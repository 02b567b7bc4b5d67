import { type Logger, pino, stdTimeFunctions } from 'pino';
import { type LogLevel } from './config/config';

/**
 * Structured log on standard output. Events name ids and codes, never bodies, certificates, addresses of callers or
 * secrets; what a library puts into an error is cut from known places.
 */
export function createLogger(level: LogLevel, bindings: Readonly<Record<string, string>>): Logger {
  return pino({
    level,
    base: bindings,
    timestamp: stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'err.config',
        'err.request',
        'err.metadata',
        'err.cause.metadata',
        'err.parameters',
        'err.where',
        'err.detail',
      ],
      remove: true,
    },
  });
}

import { isRegistryError } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type GatewayContext } from '../context';
import { type Route, type RouteDescription, type ValidRequest } from '../http/route';
import { announceHeight } from '../routes/respond';
import { AUDIT_ROLES, QueryLog } from './query-log';

/** An answer in full, ready to be sent once it is on record. */
export interface AuditAnswer {
  readonly items: number;
  readonly contentType: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type AuditDescription = Omit<RouteDescription, 'tag' | 'access' | 'limit' | 'method'>;

export const JSON_TYPE = 'application/json; charset=utf-8';
export const LINES_TYPE = 'application/x-ndjson; charset=utf-8';

/** A JSON answer. */
export function jsonAnswer(body: unknown, items: number): AuditAnswer {
  return { items, contentType: JSON_TYPE, text: JSON.stringify(body) };
}

/** What every regulator's route has in common: who may ask, and how it is counted. */
export function auditDescription(description: AuditDescription): Omit<Route, 'handle'> {
  return { ...description, method: 'get', tag: 'Audit', access: AUDIT_ROLES, limit: 'reads' };
}

/**
 * A route for regulators and auditors. Each query is on record with the size of its answer before the answer leaves; a
 * refusal is on record with its code.
 */
export function auditRoute(
  context: GatewayContext,
  description: AuditDescription,
  read: (request: ValidRequest) => Promise<AuditAnswer>,
): Route {
  const log = new QueryLog(context.pool);
  const record = (request: ValidRequest, outcome: string, items: number, bytes: number): Promise<number> =>
    log.record({
      caller: request.caller,
      operation: description.operationId,
      request,
      height: context.head.height,
      outcome,
      items,
      bytes,
    });
  return {
    ...auditDescription(description),
    handle: async (request, response) => {
      const answer = await answerOf(context, request, response, read).catch(async (error: unknown) => {
        await record(request, isRegistryError(error) ? error.code : 'INTERNAL', 0, 0);
        throw error;
      });
      await record(request, 'answered', answer.items, Buffer.byteLength(answer.text));
      for (const [name, value] of Object.entries(answer.headers ?? {})) response.set(name, value);
      response.set('Cache-Control', 'no-store').set('Content-Type', answer.contentType).send(answer.text);
    },
  };
}

async function answerOf(
  { head }: GatewayContext,
  request: ValidRequest,
  response: Response,
  read: (request: ValidRequest) => Promise<AuditAnswer>,
): Promise<AuditAnswer> {
  await announceHeight(head, request, response);
  return read(request);
}

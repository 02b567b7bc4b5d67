import { type JsonSchema } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type Caller } from './caller';

/** Who may use a route: anyone; who may read; anyone with an identity; one of these roles of the gateway's operator. */
export type Access = 'anyone' | 'reader' | 'authenticated' | readonly string[];

export interface ParameterDescription {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface BodyDescription {
  readonly description: string;
  readonly maxBytes: number;
  readonly schema: JsonSchema;
  /** JSON without it. Any other is given to the handler as bytes. */
  readonly mediaType?: string;
  /**
   * The handler parses the text itself with the parser that the ledger uses, which checks at least the schema; the
   * body is then given as text only and parsed once.
   */
  readonly parsedByHandler?: boolean;
}

export interface ResponseDescription {
  readonly description: string;
  /** Without a schema there is no JSON body. */
  readonly schema?: JsonSchema;
  readonly mediaType?: string;
  readonly headers?: readonly string[];
}

/** What the OpenAPI document says of a route. */
export interface RouteDescription {
  readonly method: 'get' | 'post';
  /** As in OpenAPI: /v1/actors/{actor_id} */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Which rate limit counts it. */
  readonly limit: 'reads' | 'writes' | 'none';
  readonly parameters?: readonly ParameterDescription[];
  readonly body?: BodyDescription;
  /** By status; problems are the same for every route and not listed here. */
  readonly responses: Readonly<Record<string, ResponseDescription>>;
}

/** A request that satisfies the route's description. */
export interface ValidRequest {
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly header: (name: string) => string | undefined;
  /** The parsed body; undefined where the handler parses it. */
  readonly body: unknown;
  readonly bodyBytes: Buffer;
  /** Aborted when the client goes away. */
  readonly gone: () => AbortSignal;
}

/** A route of the gateway: its description and what it does. */
export interface Route extends RouteDescription {
  readonly handle: (request: ValidRequest, response: Response) => Promise<void> | void;
}

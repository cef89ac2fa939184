// SPDX-License-Identifier: Apache-2.0
// The one way to the server: JSON in, JSON out, problems as Problem. Types come from the OpenAPI document.
import type { components } from './schema';

export type Schema = components['schemas'];

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly where: string | null,
    readonly id: string,
  ) {
    super(message);
  }
}

let csrf: string | null = null;
export function setCsrf(token: string | null) {
  csrf = token;
}

export type Parameters = Record<string, string | number | boolean | undefined | null>;

export function target(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  const text = query.toString();
  return '/api/v1' + path + (text ? '?' + text : '');
}

// `version` is of what was on the screen: a change that was made from an older one is refused, and says who was first.
async function call<T>(method: string, path: string, parameters?: Parameters, body?: unknown, signal?: AbortSignal, version?: string): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  const file = body instanceof Blob;
  if (body !== undefined) headers['content-type'] = file ? body.type : 'application/json';
  if (method !== 'GET' && csrf) headers['x-csrf-token'] = csrf;
  const response = await fetch(target(path, parameters), {
    method,
    headers,
    credentials: 'same-origin',
    body: body === undefined ? undefined : file ? body : JSON.stringify(body),
    signal,
  });
  if (response.status === 204) return undefined as T;
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, answer);
  return answer as T;
}

function refusal(status: number, answer: unknown): Problem {
  const problem = answer as Partial<Schema['Problem']> | null;
  return new Problem(status, problem?.kind ?? 'unavailable', problem?.detail ?? 'The server did not answer as expected.', problem?.where ?? null, problem?.id ?? '');
}

// A list as CSV, all of it: the server goes through its pages.
export async function getTable(path: string, parameters: Parameters = {}): Promise<Blob> {
  const whole = { ...parameters, limit: undefined, cursor: undefined, before: undefined };
  const response = await fetch(target(path, whole), { headers: { accept: 'text/csv' }, credentials: 'same-origin' });
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => null));
  return response.blob();
}

// What stands beside the API: whether the process is well.
export async function getHealth(signal?: AbortSignal): Promise<Schema['Health']> {
  const answer = await fetch('/readyz', { signal });
  return (await answer.json()) as Schema['Health'];
}

export const get = <T>(path: string, parameters?: Parameters, signal?: AbortSignal) => call<T>('GET', path, parameters, undefined, signal);
export const post = <T>(path: string, body: unknown = {}) => call<T>('POST', path, undefined, body);
export const postNothing = <T>(path: string) => call<T>('POST', path); // where no body is taken
// A file as it is, under the type that is named.
export const postFile = <T>(path: string, parameters: Parameters, file: Blob, type: string, signal?: AbortSignal) => call<T>('POST', path, parameters, new Blob([file], { type }), signal);
export const put = <T>(path: string, body: unknown) => call<T>('PUT', path, undefined, body);
export const patch = <T>(path: string, body: unknown, version?: string) => call<T>('PATCH', path, undefined, body, undefined, version);
export const del = <T>(path: string, parameters?: Parameters) => call<T>('DELETE', path, parameters);

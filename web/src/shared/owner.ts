// SPDX-License-Identifier: Apache-2.0
// Whose devices a list is about: a part of its query, so that views, commands and files say the same. Pure; tested as tables.
import { both, literal } from './query';

const tail = /^(?:(.*) and )?(?:owner = (?:"((?:[^"\\]|\\.)*)"|([\w.-]+))|(not exists\(owner\)))$/s;
// Nobody was named.
export const nobody = '';

// Whether one pair of brackets holds all of it: "(a) or (b)" is two.
function isBracketed(text: string): boolean {
  if (!text.startsWith('(')) return false;
  const plain = text.replace(/"(?:[^"\\]|\\.)*"/gs, (quoted) => '_'.repeat(quoted.length));
  let depth = 0;
  for (let i = 0; i < plain.length; i++) {
    if (plain[i] === '(') depth++;
    if (plain[i] === ')' && --depth === 0) return i === plain.length - 1;
  }
  return false;
}

// What the query asks for besides, and the owner that it ends with; `undefined`: it ends with none.
function taken(query: string | undefined): { rest: string | undefined; owner: string | undefined } {
  const found = tail.exec(query?.trim() ?? '');
  // "a or b and owner = c" is not about c alone.
  if (!found || (found[1] !== undefined && /\bor\b/i.test(found[1]) && !isBracketed(found[1]))) return { rest: query, owner: undefined };
  const owner = found[4] ? nobody : found[2] !== undefined ? found[2].replace(/\\(.)/g, '$1') : found[3];
  const whole = found[1] !== undefined && isBracketed(found[1]) ? found[1].slice(1, -1) : found[1];
  return { rest: whole, owner };
}

export function ownerOf(query: string | undefined): string | undefined {
  return taken(query).owner;
}
// The same query about the devices of another owner; `undefined`: of any.
export function withOwner(query: string | undefined, owner: string | undefined): string | undefined {
  const { rest } = taken(query);
  return owner === undefined ? rest || undefined : both(rest, owner === nobody ? 'not exists(owner)' : `owner = ${literal(owner)}`);
}

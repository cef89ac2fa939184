// SPDX-License-Identifier: Apache-2.0
// Pieces of the query language (docs/reference/query.md) put together. Pure; tested as tables.

// A text as it stands in a query: quoted whenever it is not one plain word.
export function literal(value: string): string {
  const plain = /^[\w.-]+$/.test(value) && !/^(and|or|not|in|exists)$/i.test(value);
  return plain ? value : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('*', '\\*')}"`;
}

// The devices of which a field is one of these.
export function oneOf(field: string, values: string[]): string {
  return `${field} in (${values.map(literal).join(', ')})`;
}

// "and" binds more tightly than "or".
const loose = (part: string) => /\bor\b/i.test(part);

// How far what somebody typed is moved to the right where it is asked for together with a scope.
export function shift(first: string | undefined, second: string | undefined): number {
  return first?.trim() && second?.trim() && loose(first) ? 1 : 0;
}

// What both ask for.
export function both(first: string | undefined, second: string | undefined): string | undefined {
  const parts = [first, second].filter((part): part is string => part !== undefined && part.trim() !== '');
  if (parts.length < 2) return parts[0];
  return parts.map((part) => (loose(part) ? `(${part})` : part)).join(' and ');
}

// What any of them asks for: values of one field stand in one list. Undefined when it is longer than a query may be.
export function anyOf(queries: string[]): string | undefined {
  const parts = [...new Set(queries)];
  const fields = parts.map((part) => /^(\w+) = ("(?:[^"\\]|\\.)*"|[\w.-]+)$/.exec(part));
  const field = fields[0]?.[1];
  const text =
    parts.length > 1 && field !== undefined && fields.every((each) => each?.[1] === field)
      ? `${field} in (${fields.map((each) => each![2]).join(', ')})`
      : parts.length > 1
        ? parts.map((part) => `(${part})`).join(' or ')
        : parts[0];
  return text !== undefined && text.length <= longestQuery ? text : undefined;
}
const longestQuery = 4000; // of 4,096: a scope may be added

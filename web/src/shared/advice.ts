// SPDX-License-Identifier: Apache-2.0
import type { Schema } from './api/client';

// What a person can do about a problem of this kind. Pure; tested as a table.
export function advice(kind: Schema['ErrorKind'] | string): string {
  switch (kind) {
    case 'denied':
      return 'Somebody with another role or a wider scope can do it.';
    case 'unauthenticated':
      return 'Sign in again.';
    case 'not_found':
      return 'It may have been deleted, or it lies outside what you may see.';
    case 'conflict':
      return 'Somebody or something else changed it meanwhile: look at it as it is now.';
    case 'invalid':
    case 'too_large':
      return 'Change what is named and send it again.';
    case 'corrupt':
    case 'bug':
      return 'This is a fault of the server: tell whoever runs it the id below.';
    default:
      return 'The server cannot be reached or is busy; try again in a moment.';
  }
}

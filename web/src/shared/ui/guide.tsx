// SPDX-License-Identifier: Apache-2.0
import { Link } from '@tanstack/react-router';

// Where the documentation says how something is used; a topic of the page Help.
export function Guide({ topic, words }: { topic: string; words: string }) {
  return (
    <Link className="guide" to="/help" search={{ tab: topic }}>
      {words}
    </Link>
  );
}

// SPDX-License-Identifier: Apache-2.0
// What the browser calls a page: its own heading first, so that tabs, history and readers of screens tell pages apart.
import { useEffect } from 'react';

export function titleOf(heading: string | null | undefined): string {
  const words = heading?.replace(/\s+/g, ' ').trim();
  return words && words !== 'Oakum' ? `${words.slice(0, 120)} - Oakum` : 'Oakum';
}

// Pages say what they are in their first heading, which may come late or change: the title follows it.
export function useTitle() {
  useEffect(() => {
    const tell = () => {
      const title = titleOf(document.querySelector('h1')?.textContent);
      if (document.title !== title) document.title = title;
    };
    tell();
    const watch = new MutationObserver(tell);
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
    return () => watch.disconnect();
  }, []);
}

// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

// A value once it stood still for a moment, so that not each key asks the server.
export function useSettled<T extends string | number>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

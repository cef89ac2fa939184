// SPDX-License-Identifier: Apache-2.0
// Several answers of which none may be missing: what is said of all of them together is said when all are here, and an error of one is an
// error of all. Pure; tested as a table.
export interface Asked<T> {
  data: T | undefined;
  error: Error | null;
  isError: boolean;
  isRefetchError: boolean;
  dataUpdatedAt: number;
  refetch: () => Promise<unknown>;
}

export function together<T extends Record<string, unknown>>(asked: { [K in keyof T]: Asked<T[K]> }) {
  const all = Object.values(asked) as Asked<unknown>[];
  const known = all.every((each) => each.data !== undefined);
  const failed = all.find((each) => each.isError || each.isRefetchError);
  return {
    data: known ? (Object.fromEntries(Object.entries(asked).map(([name, each]) => [name, (each as Asked<unknown>).data])) as T) : undefined,
    error: failed?.error ?? null,
    isError: all.some((each) => each.isError),
    isRefetchError: all.some((each) => each.isRefetchError),
    dataUpdatedAt: Math.min(...all.map((each) => each.dataUpdatedAt)),
    refetch: () => Promise.all(all.filter((each) => each.isError || each.isRefetchError || each.data === undefined).map((each) => each.refetch())),
  };
}

// SPDX-License-Identifier: Apache-2.0
// A look before a rule is kept: what is kept is what was looked at, and what is shown is of the present wish alone.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useReducer } from 'react';

// `turn` counts the changes of the wish: an answer to an earlier one is none.
export interface Previewed<Wish, View> {
  turn: number;
  seen: { wish: Wish; view: View } | null;
}
export type Step<Wish, View> = { kind: 'changed' } | { kind: 'answered'; turn: number; wish: Wish; view: View };
export function step<Wish, View>(state: Previewed<Wish, View>, now: Step<Wish, View>): Previewed<Wish, View> {
  if (now.kind === 'changed') return { turn: state.turn + 1, seen: null };
  return now.turn === state.turn ? { turn: state.turn, seen: { wish: now.wish, view: now.view } } : state;
}

interface Asked<Wish, View> {
  look: (wish: Wish) => Promise<View>;
  keep: (wish: Wish) => Promise<unknown>;
  refresh: string; // whose lists are asked for again
  done: () => void;
}

export function usePreviewed<Wish, View>({ look, keep, refresh, done }: Asked<Wish, View>) {
  const queries = useQueryClient();
  const [state, tell] = useReducer(step<Wish, View>, { turn: 0, seen: null });
  const looking = useMutation({
    mutationFn: async ({ wish, turn }: { wish: Wish; turn: number }) => tell({ kind: 'answered', turn, wish, view: await look(wish) }),
  });
  const keeping = useMutation({
    mutationFn: keep,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [refresh] });
      done();
    },
  });
  return {
    seen: state.seen,
    pending: looking.isPending || keeping.isPending,
    error: looking.error ?? keeping.error,
    changed: () => {
      if (looking.error) looking.reset();
      if (keeping.error) keeping.reset();
      tell({ kind: 'changed' });
    },
    // Looks, or keeps what was seen.
    submit: (wish: Wish) => (state.seen ? keeping.mutate(state.seen.wish) : looking.mutate({ wish, turn: state.turn })),
  };
}

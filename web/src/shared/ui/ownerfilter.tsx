// SPDX-License-Identifier: Apache-2.0
// Whose devices a list is about: those owners that devices have here, and those of whom nobody was named.
import { useQuery } from '@tanstack/react-query';
import { get, type Schema } from '../api/client';
import { unlisted } from '../unlisted';
import { nobody, ownerOf, withOwner } from '../owner';

export function OwnerFilter({ query, choose }: { query: string | undefined; choose: (query: string | undefined) => void }) {
  const facets = useQuery({ queryKey: ['devices', 'facets', 'owners'], queryFn: ({ signal }) => get<Schema['Facets']>('/devices/facets', { keys: 'owner' }, signal), staleTime: 60_000 });
  const owner = ownerOf(query);
  const owners = (facets.data?.facets[0]?.values ?? []).flatMap((each) => each.value ?? []);
  const all = owner && !owners.includes(owner) ? [owner, ...owners] : owners;
  return (
    <select aria-label="Owner" value={owner === undefined ? 'any' : owner === nobody ? 'nobody' : `of ${owner}`} onChange={(event) => choose(withOwner(query, event.target.value === 'any' ? undefined : event.target.value === 'nobody' ? nobody : event.target.value.slice(3)))}>
      <option value="any">of any owner</option>
      {unlisted([{ what: 'owners', failed: facets.isError, more: facets.data?.facets[0]?.more }]).map((words) => (
        <option key={words} disabled>
          {words}
        </option>
      ))}
      <option value="nobody">of nobody who is named</option>
      {all.map((each) => (
        <option key={each} value={`of ${each}`}>
          of {each}
        </option>
      ))}
    </select>
  );
}

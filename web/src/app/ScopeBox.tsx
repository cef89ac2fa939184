// SPDX-License-Identifier: Apache-2.0
// Which part of the fleet the pages are about: a group, a site or a region (the tag of that name), kept in the URL.
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { get, type Schema } from '../shared/api/client';
import { useGroups } from '../shared/api/every';
import { unlisted } from '../shared/unlisted';
import { scopeOf, scopeWords, useScope } from '../shared/scope';

export function ScopeBox() {
  const { scope } = useScope();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const groups = useGroups();
  const sites = useQuery({ queryKey: ['devices', 'facets', 'scope'], queryFn: ({ signal }) => get<Schema['Facets']>('/devices/facets', { keys: 'site,tag.region' }, signal), staleTime: 60_000 });
  const byGroup = (groups.data?.items ?? []).map((group) => scopeOf('group', group.name));
  const by = (field: 'site' | 'tag.region') => (sites.data?.facets.find((facet) => facet.key === field)?.values ?? []).flatMap((value) => (value.value ? [scopeOf(field, value.value)] : []));
  const moreOf = (field: string) => sites.data?.facets.find((facet) => facet.key === field)?.more;
  const bySite = by('site');
  const byRegion = by('tag.region');
  const other = scope && ![...byGroup, ...bySite, ...byRegion].includes(scope) ? [scope] : [];
  // A page of a list belongs to what was asked before.
  const choose = (chosen: string) => void navigate({ to: pathname, search: (before: object) => ({ ...before, scope: chosen || undefined, cursor: undefined }) as never });
  const choices = (list: string[]) =>
    list.map((each) => (
      <option key={each} value={each}>
        {scopeWords(each)}
      </option>
    ));
  return (
    <select aria-label="Scope" className="scope" value={scope ?? ''} onChange={(event) => choose(event.target.value)}>
      <option value="">Whole fleet</option>
      {choices(other)}
      {unlisted([
        { what: 'groups', failed: groups.isError, more: groups.data?.more },
        { what: 'regions', failed: sites.isError, more: moreOf('tag.region') },
        { what: 'sites', failed: sites.isError, more: moreOf('site') },
      ]).map((words) => (
        <option key={words} disabled>
          {words}
        </option>
      ))}
      {byGroup.length > 0 && <optgroup label="Groups">{choices(byGroup)}</optgroup>}
      {byRegion.length > 0 && <optgroup label="Regions">{choices(byRegion)}</optgroup>}
      {bySite.length > 0 && <optgroup label="Sites">{choices(bySite)}</optgroup>}
    </select>
  );
}

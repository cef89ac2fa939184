// SPDX-License-Identifier: Apache-2.0
// All that a search found, best first; what was searched for stands in the URL.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch, type LinkProps } from '@tanstack/react-router';
import { get } from '../../../shared/api/client';
import { counted } from '../../../shared/format';
import { oneOf } from '../../../shared/query';
import { word } from '../../../shared/shell';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { devicesOf, found, kindWord, matchWords, target, type Results } from '../model';

export function Search() {
  const { search = '' } = useSearch({ strict: false }) as { search?: string };
  const results = useQuery({ queryKey: ['search', search], queryFn: ({ signal }) => get<Results>('/search', { q: search }, signal), enabled: search !== '' });
  if (search === '')
    return (
      <>
        <h1>Search</h1>
        <Empty title="Nothing is searched for">
          <p>Type a CVE, a serial, an address, or the name of a device, site, group, component, release or rollout into the box above (key /).</p>
        </Empty>
      </>
    );
  return (
    <>
      <h1>What is named "{search}"</h1>
      <Shown query={results} what="what was found">
        {(data) => (
          <>
            {data.not_held && <p className="notice">{data.not_held.sentence}</p>}
            {data.items.length === 0 ? (
              <Empty title={data.not_held ? 'Nothing else is named so' : 'Nothing is named so'}>
                <p>Searched were names, serials and addresses of the devices that you may see, vulnerabilities, groups, sites, models, releases, rollouts and components.</p>
              </Empty>
            ) : (
              <>
                <p>
                  {found(data)}
                  {devicesOf(data).length > 1 && (
                    <>
                      {' '}
                      <Link to="/devices" search={{ query: oneOf('id', devicesOf(data)) }}>The {counted(devicesOf(data).length, 'device')} of them as a list, to change or to group them</Link>
                    </>
                  )}
                </p>
                <Table
                  label="Found"
                  same={{ command: `oakum search ${word(search)}`, path: '/search', parameters: { q: search } }}
                  rows={data.items}
                  rowKey={(row) => `${row.kind} ${row.id}`}
                  columns={[
                    { title: 'Kind', cell: (row) => kindWord(row.kind) },
                    { title: 'Name', cell: (row) => <Link {...(target(row) as LinkProps)}>{row.title}</Link> },
                    { title: 'Match', cell: (row) => matchWords(row.match) },
                    { title: 'What', wide: true, cell: (row) => row.detail || '–' },
                  ]}
                />
              </>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

// SPDX-License-Identifier: Apache-2.0
// The documents that belong to this version, so that they need no network and say what is so.
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Shown } from '../../../shared/ui/states';
import { forPeople, titleOf, topicOf, topics, type Topic } from '../model';
import { Markdown } from './Markdown';

const files = import.meta.glob<string>(
  ['../../../../../docs/{start,hit,rollouts,concepts,lists,bulk,evidence,deciding,windows,plans,rehearsal,intake,waiting,import,phones,apple,existing-fleets,feeds,alarms,exceptions,sign-in,glossary,install,agent,sticks,keys,log,operations,backup}.md', '../../../../../docs/reference/*.md'],
  { query: '?raw', import: 'default' },
);
async function read(topic: Topic): Promise<string> {
  const load = Object.entries(files).find(([path]) => path.endsWith(`/${topic}.md`))?.[1];
  if (!load) throw new Error(`There is no document ${topic}.`);
  return forPeople(await load());
}

export function Help() {
  const topic = topicOf(useSearch({ strict: false }).tab) ?? 'start';
  const { hash } = useLocation();
  const text = useQuery({ queryKey: ['help', topic], queryFn: () => read(topic), staleTime: Infinity });
  useEffect(() => {
    if (text.data && hash) document.getElementById(hash)?.scrollIntoView();
  }, [text.data, hash, topic]);
  return (
    <div className="help">
      <nav aria-label="Documents">
        <ul>
          {topics.map((each) => (
            <li key={each}>
              <Link to="/help" search={{ tab: each }} aria-current={each === topic ? 'page' : undefined}>
                {titleOf(each)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <article>
        <Shown query={text} what="the document">
          {(data) => <Markdown text={data} />}
        </Shown>
      </article>
    </div>
  );
}

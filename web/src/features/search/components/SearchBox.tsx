// SPDX-License-Identifier: Apache-2.0
// The one box, on every page: key "/" leads here; the best hits stand below while one types.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { get } from '../../../shared/api/client';
import { useSettled } from '../../../shared/settled';
import { found, kindWord, move, onEnter, target, type Results, type Target } from '../model';
import { canScan } from '../reader';
import { Scan } from './Scan';

const shown = 12;
const asking = (text: string) => ({ queryKey: ['search', text], queryFn: ({ signal }: { signal: AbortSignal }) => get<Results>('/search', { q: text }, signal) });

export function SearchBox() {
  const box = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const asked = useSettled(typed.trim(), 120);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [trouble, setTrouble] = useState('');
  const [scanning, setScanning] = useState(false);
  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && (event.target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(event.target.tagName));
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  const query = useQuery({ ...asking(asked), enabled: open && asked !== '', placeholderData: keepPreviousData });
  const showing = open && typed.trim() !== '' && asked !== '';
  const lines = showing ? (query.data?.items.slice(0, shown) ?? []) : [];

  const go = (to: Target) => {
    setOpen(false);
    setActive(-1);
    setTyped('');
    box.current?.blur();
    void navigate(to as never);
  };
  const type = (text: string) => {
    setTyped(text);
    setActive(-1);
    setTrouble('');
    setOpen(true);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const line = lines[active];
    return line ? go(target(line)) : void ask(typed.trim());
  };
  const ask = async (text: string) => {
    if (text === '') return;
    try {
      const to = onEnter(await queries.fetchQuery(asking(text)), text);
      if (to !== 'nothing') return go(to);
      setOpen(false);
      setTrouble(`Nothing is named "${text}": no device, serial, address, group, site, vulnerability, component, release or rollout.`);
    } catch (error) {
      setOpen(false);
      setTrouble(`Not searched: ${error instanceof Error ? error.message : 'the server did not answer.'}`);
    }
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      if (!open) setTyped('');
      setOpen(false);
      setActive(-1);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (showing) setActive(move(active, event.key, lines.length));
      else setOpen(true);
    }
  };
  return (
    <form role="search" onSubmit={submit} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}>
      <input
        ref={box}
        role="combobox"
        aria-label="Search for a CVE, device, serial, release or rollout (key /)"
        aria-expanded={lines.length > 0}
        aria-controls={lines.length > 0 ? 'found' : undefined}
        aria-autocomplete="list"
        aria-activedescendant={lines[active] ? `found-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="CVE, device, serial, site, release …   /"
        value={typed}
        onChange={(event) => type(event.target.value)}
        onFocus={() => setOpen(true)}
        onKeyDown={key}
      />
      {canScan() && (
        <button type="button" className="scan" onClick={() => setScanning(true)}>
          Scan
        </button>
      )}
      {scanning && (
        <Scan
          found={(text) => {
            setScanning(false);
            type(text);
            void ask(text);
          }}
          close={() => setScanning(false)}
        />
      )}
      {showing && (
        <div className="found">
          <p role="status" className="quiet">
            {query.isError ? `Not searched: ${query.error.message}` : query.data ? found(query.data) : 'Searching …'}
          </p>
          {lines.length > 0 && (
            <ul id="found" role="listbox" aria-label="Found">
              {lines.map((hit, index) => (
                // The box keeps the focus: a line is chosen by the mouse before it would lose it.
                <li key={`${hit.kind} ${hit.id}`} id={`found-${index}`} role="option" aria-selected={index === active} onMouseDown={(event) => event.preventDefault()} onClick={() => go(target(hit))}>
                  <span className="kind">{kindWord(hit.kind)}</span> <strong>{hit.title}</strong> <span className="quiet">{hit.detail}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {trouble && <span role="alert">{trouble}</span>}
    </form>
  );
}

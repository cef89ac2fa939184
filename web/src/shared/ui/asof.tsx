// SPDX-License-Identifier: Apache-2.0
// As it was on a day that is past: a date; `clearable`: it may be empty, for now.
export function AsOf({ label = 'As of', value, clearable = true, choose }: { label?: string; value: string | undefined; clearable?: boolean; choose: (day: string | undefined) => void }) {
  return (
    <span className="asof">
      <label>
        {label} <input type="date" value={value ?? ''} max={new Date().toISOString().slice(0, 10)} onChange={(event) => choose(event.target.value || undefined)} />
      </label>
      {value && clearable && (
        <button type="button" className="inline" onClick={() => choose(undefined)}>
          Now
        </button>
      )}
    </span>
  );
}

// SPDX-License-Identifier: Apache-2.0
// As it was on a day that is past: a date, empty for now.
export function AsOf({ label = 'As of', value, choose }: { label?: string; value: string | undefined; choose: (day: string | undefined) => void }) {
  return (
    <label className="asof">
      {label} <input type="date" value={value ?? ''} max={new Date().toISOString().slice(0, 10)} onChange={(event) => choose(event.target.value || undefined)} />
      {value && (
        <button type="button" className="inline" onClick={() => choose(undefined)}>
          Now
        </button>
      )}
    </label>
  );
}

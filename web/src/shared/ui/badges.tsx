// SPDX-License-Identifier: Apache-2.0
// A state is word, shape and colour together.
import { Count, type Counted } from './count';
const shapes: Record<string, string> = { critical: '◆', high: '▲', medium: '●', low: '○', none: '–', unknown: '?' };

export function Severity({ value }: { value: string }) {
  return (
    <span className={`badge severity-${value}`}>
      <span aria-hidden="true">{shapes[value] ?? '?'}</span> {value === 'unknown' ? 'not scored' : value}
    </span>
  );
}

export function Exploited({ value }: { value: boolean }) {
  return value ? (
    <span className="badge severity-critical">
      <span aria-hidden="true">⚑</span> exploited
    </span>
  ) : (
    <span className="quiet">no</span>
  );
}

export function Rose() {
  return (
    <span className="badge severity-high">
      <span aria-hidden="true">↑</span> rose within a month
    </span>
  );
}

const tones: Record<string, [string, string]> = {
  verified: ['✓', 'good'],
  finished: ['✓', 'good'],
  settled: ['✓', 'good'],
  active: ['●', 'good'],
  published: ['✓', 'good'],
  passed: ['✓', 'good'],
  running: ['▶', 'busy'],
  open: ['▶', 'busy'],
  soaking: ['◔', 'busy'],
  downloading: ['↓', 'busy'],
  installing: ['⟳', 'busy'],
  rebooting: ['⟳', 'busy'],
  halted: ['■', 'bad'],
  failed: ['✕', 'bad'],
  rolled_back: ['↩', 'bad'],
  rolling_back: ['↩', 'bad'],
  silent: ['…', 'bad'],
  expired: ['✕', 'bad'],
  aborted: ['■', 'calm'],
  withdrawn: ['–', 'calm'],
  superseded: ['–', 'calm'],
  retired: ['–', 'calm'],
  unmanaged: ['◌', 'unknown'],
  interrupted: ['■', 'warn'],
  cancelling: ['■', 'busy'],
  cancelled: ['■', 'warn'],
  undone: ['↩', 'calm'],
  quiet: ['…', 'unknown'],
  paused: ['‖', 'warn'],
  awaiting_approval: ['◇', 'warn'],
  pending: ['◇', 'warn'],
  ready: ['✓', 'good'],
  rolled_out: ['✓', 'good'],
  rolling_out: ['▶', 'busy'],
  scheduled: ['◷', 'busy'],
  offered: ['▷', 'busy'],
  done: ['✓', 'good'],
  undoing: ['↩', 'busy'],
  alarm_open: ['▲', 'bad'],
  alarm_acknowledged: ['◔', 'warn'],
  alarm_muted: ['‖', 'unknown'],
  alarm_closed: ['✓', 'good'],
};

export function State({ value, words }: { value: string; words?: string }) {
  const [shape, tone] = tones[value] ?? ['○', 'calm'];
  return (
    <span className={`badge tone-${tone}`}>
      <span aria-hidden="true">{shape}</span> {words ?? value.replaceAll('_', ' ')}
    </span>
  );
}

export interface Part {
  label: string;
  value: number;
  tone: 'good' | 'busy' | 'bad' | 'unknown' | 'calm';
  devices?: Counted; // which those are
}

// One bar of parts with its table twin; unknown has a place of its own.
export function PartsBar({ label, parts }: { label: string; parts: Part[] }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <figure className="parts">
      <div className="bar" role="img" aria-label={`${label}: ${parts.map((part) => `${part.label} ${part.value}`).join(', ')}`}>
        {parts.filter((part) => part.value > 0).map((part) => (
          <span key={part.label} className={`part tone-${part.tone}`} style={{ flexGrow: total === 0 ? 0 : part.value }} />
        ))}
      </div>
      <figcaption>
        {parts.map((part) => (
          <span key={part.label} className={`key tone-${part.tone}`}>
            {part.label} <strong>{part.devices ? <Count n={part.value} {...part.devices} label={`${part.label}: ${part.value.toLocaleString('en-US')}`} /> : part.value.toLocaleString('en-US')}</strong>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

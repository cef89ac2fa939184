// SPDX-License-Identifier: Apache-2.0
// Why this, why not now, when: questions with their answers, and beneath each what was recorded.
import { Link } from '@tanstack/react-router';
import type { Schema } from '../api/client';
import { When } from './when';

type Step = Schema['Explanation']['steps'][number];
const replies: Record<Step['answer'], string> = { yes: 'yes', no: 'no', unknown: 'cannot tell' };

export function Explanation({ steps, label }: { steps: Step[]; label: string }) {
  return (
    <section aria-label={label}>
      <dl className="facts">
        {steps.map((step) => (
          <div key={step.question + step.because} style={{ display: 'contents' }}>
            <dt>{step.question}</dt>
            <dd>
              <strong>{replies[step.answer]}</strong> – {step.because}
              {step.inputs.map((input) => (
                <div key={input.name} className="quiet">
                  {input.name}: {input.value ?? 'not known'} ({input.source}
                  {input.at && (
                    <>
                      , <When at={input.at} />
                    </>
                  )}
                  )
                </div>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p>
        <Link to="/help" search={{ tab: 'concepts' }}>How this is decided</Link>
      </p>
    </section>
  );
}

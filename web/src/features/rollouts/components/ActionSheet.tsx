// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { post, type Schema } from '../../../shared/api/client';
import { counted, grouped } from '../../../shared/format';
import { ReasonSheet } from '../../../shared/ui/sheet';
import { actionTitle, consequence, isDangerous, usualReason } from '../model';

type RolloutView = Schema['Rollout'];

export function ActionSheet({ rollout, action, close }: { rollout: RolloutView; action: string; close: () => void }) {
  const queries = useQueryClient();
  const title = actionTitle(action, rollout.state);
  return (
    <ReasonSheet
      title={`${title}: ${rollout.name}`}
      action={title}
      danger={isDangerous(action)}
      reason={usualReason(action)}
      act={(why) => post<RolloutView>(`/rollouts/${rollout.id}/actions/${action}`, action === 'approve' ? { why, content: rollout.content } : { why })}
      done={() => Promise.all([queries.invalidateQueries({ queryKey: ['rollout', rollout.id] }), queries.invalidateQueries({ queryKey: ['rollouts'] })])}
      close={close}
    >
      <p>{consequence(action, rollout.state)}</p>
      {action === 'roll-back' && rollout.cannot_roll_back > 0 && <p>{counted(rollout.cannot_roll_back, 'device')} cannot return.</p>}
      <p>
        {rollout.started
          ? `${counted(rollout.totals.pending, 'device')} under way, ${grouped(rollout.totals.verified)} verified, ${grouped(Math.max(0, rollout.in_scope - rollout.totals.started))} not started.`
          : `${counted(rollout.in_scope, 'device')} in scope; the first wave has ${grouped(rollout.waves[0]?.expected ?? 0)}.`}
      </p>
    </ReasonSheet>
  );
}

// SPDX-License-Identifier: Apache-2.0
// What is in it, may it go out, where does it run?
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { get, post, target, type Schema } from '../../../shared/api/client';
import { useMay, useMe } from '../../../shared/api/me';
import { bytes, counted, grouped, percent } from '../../../shared/format';
import { literal, oneOf } from '../../../shared/query';
import { isApprovalAsked, mayNotApprove, stopsSentence } from '../../../shared/releases';
import { Exploited, PartsBar, Severity, State } from '../../../shared/ui/badges';
import { Count } from '../../../shared/ui/count';
import { Checks, DecisionWords, ReleaseDecisionSheet } from '../../../shared/ui/releases';
import { ReasonSheet } from '../../../shared/ui/sheet';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { AdoptionOverTime } from './Adoption';
import { actionsOf, adoption, adoptionParts, consequence, effectSentence, pathsSentence, worstFirst } from '../model';

type ReleaseView = Schema['Release'];
const shown = 10;

function Advisories({ label, rows, count }: { label: string; rows: Schema['AdvisoryRef'][]; count: number }) {
  const [all, setAll] = useState(false);
  const sorted = worstFirst(rows);
  return (
    <>
      <Table
        label={label}
        rows={all ? sorted : sorted.slice(0, shown)}
        rowKey={(row) => row.id}
        columns={[
          { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.id }}>{row.id}</Link> },
          { title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
          { title: 'Exploited', cell: (row) => <Exploited value={row.exploited} /> },
          { title: 'What', wide: true, cell: (row) => row.title },
        ]}
      />
      {!all && sorted.length > shown && (
        <p>
          <button onClick={() => setAll(true)}>Show {grouped(sorted.length)}</button>
        </p>
      )}
      {count > rows.length && <p className="quiet">The list holds {grouped(rows.length)} of {grouped(count)}.</p>}
    </>
  );
}

function YesNo({ yes }: { yes: boolean }) {
  return (
    <span className={yes ? 'badge tone-good' : 'badge tone-bad'}>
      <span aria-hidden="true">{yes ? '✓' : '✕'}</span> {yes ? 'yes' : 'no'}
    </span>
  );
}

function Adoption({ release }: { release: ReleaseView }) {
  const models = adoption(release);
  if (models.length === 0) return <p>No device of {release.models.join(', ')} is known.</p>;
  return (
    <>
      {models.map((model) => (
        <section key={model.model} aria-label={`Versions of ${model.model}`}>
          <h3>{model.model}</h3>
          <p>
            <Count n={model.here} noun="device" query={`model = ${literal(model.model)} and running_version = ${literal(release.version)}`} /> of <Count n={model.devices} query={`model = ${literal(model.model)}`} label={`${counted(model.devices, 'device')} of ${model.model}`} /> run {release.version} ({percent(model.here, model.devices)}).
          </p>
          <PartsBar label={`Versions of ${model.model}`} parts={adoptionParts(model)} />
        </section>
      ))}
      <p className="quiet">
        As of now. <Link to="/devices" search={{ query: `${oneOf('model', release.models)} and not running_version = ${literal(release.version)}` }}>Devices that run something else</Link>
      </p>
      <h3>Over time</h3>
      {models.map((model) => (
        <section key={model.model} aria-label={`${model.model} over time`}>
          <h4>{model.model}</h4>
          <AdoptionOverTime model={model.model} always={release.version} />
        </section>
      ))}
    </>
  );
}

export function Release() {
  const { id } = useParams({ strict: false }) as { id: string };
  const queries = useQueryClient();
  const may = useMay();
  const me = useMe().data;
  const [action, setAction] = useState<'publish' | 'withdraw' | null>(null);
  const [decision, setDecision] = useState<'approve' | 'refuse' | null>(null);
  const [letThrough, setLetThrough] = useState<string | null>(null);
  const release = useQuery({ queryKey: ['release', id], queryFn: ({ signal }) => get<ReleaseView>(`/releases/${id}`, {}, signal) });
  return (
    <Shown query={release} what="the release">
      {(data) => {
        const name = `${data.name} ${data.version}`;
        const stops = stopsSentence(data);
        const may_do = actionsOf(data, may);
        const hindered = me && isApprovalAsked(data) ? mayNotApprove(data, me) : null;
        return (
          <>
            <h1>{name}</h1>
            <p className="lead">{data.sentence}</p>
            <p>
              <State value={data.state} words={data.state === 'draft' ? 'not published' : undefined} /> · for {data.models.join(', ')}
              {data.hw_revisions.length > 0 && `, hardware ${data.hw_revisions.join(', ')}`}
              {data.min_from && ` · from ${data.min_from} upwards`}
              {data.floor && ` · then nothing older than ${data.floor}`} · made <When at={data.created} />
              {data.published && (
                <>
                  , published <When at={data.published} />
                </>
              )}
            </p>
            <div className="actions">
              {data.state === 'published' && may('rollout.create') && (
                <Link className="button primary" to="/rollouts/new" search={{ release: data.id }}>
                  Plan a rollout
                </Link>
              )}
              {may_do.map((each) => (
                <button key={each} className={each === 'withdraw' ? 'danger' : 'primary'} onClick={() => setAction(each)}>
                  {each === 'publish' ? 'Publish' : 'Withdraw'}
                </button>
              ))}
              {hindered === '' && (
                <>
                  <button className="primary" onClick={() => setDecision('approve')}>
                    Approve
                  </button>
                  <button className="danger" onClick={() => setDecision('refuse')}>
                    Refuse
                  </button>
                </>
              )}
            </div>
            {hindered && <p className="quiet">{hindered}</p>}
            {decision && <ReleaseDecisionSheet release={data} action={decision} close={() => setDecision(null)} />}
            {action && (
              <ReasonSheet
                title={`${action === 'publish' ? 'Publish' : 'Withdraw'}: ${name}`}
                action={action === 'publish' ? 'Publish' : 'Withdraw'}
                danger={action === 'withdraw'}
                act={(why) => post<ReleaseView>(`/releases/${data.id}/actions/${action}`, { why })}
                done={() => queries.invalidateQueries({ queryKey: ['release', id] })}
                close={() => setAction(null)}
              >
                <p>{consequence(action, name)}</p>
                <p>It runs on <Count n={data.devices_running} noun="device" query={`${oneOf('model', data.models)} and running_version = ${literal(data.version)}`} /> now.</p>
              </ReasonSheet>
            )}
            {data.notes && <p>{data.notes}</p>}
            <h2>May it go out?</h2>
            {stops && (
              <p className="notice" role="note">
                {stops}
              </p>
            )}
            <DecisionWords release={data} />
            <Checks label="Checks" checks={data.checks} letThrough={may('policy.edit') ? setLetThrough : undefined} />
            {data.has_summary && (
              <p>
                Who gets the file can rely on that without this server:{' '}
                <a href={target(`/releases/${data.id}/verification-summary`)} download={`${data.name}-${data.version}.summary.json`}>
                  signed summary
                </a>
                , checked by <code>oakum verify</code>.
              </p>
            )}
            {letThrough && (
              <ReasonSheet
                title={`Let it through: ${name}`}
                action="Let it through"
                danger
                act={(why) => post<ReleaseView>(`/releases/${data.id}/actions/let-through`, { check: letThrough, why })}
                done={() => queries.invalidateQueries({ queryKey: ['release', id] })}
                close={() => setLetThrough(null)}
              >
                <p>{data.checks.find((check) => check.name === letThrough)?.sentence}</p>
                <p>That holds for this draft as it is, and for what is known today.</p>
              </ReasonSheet>
            )}
            <h2>Where does it run?</h2>
            <Adoption release={data} />
            <h2>From which versions?</h2>
            <p>{pathsSentence(data.paths, data.version, data.paths_left_out)}</p>
            {data.paths.length > 0 && (
              <Table
                label="Paths from older versions"
                rows={data.paths}
                rowKey={(row) => `${row.query} ${row.through ?? ''}`}
                columns={[
                  { title: 'Model', cell: (row) => row.model },
                  { title: 'From', cell: (row) => row.version ?? 'not known' },
                  { title: 'Devices', numeric: true, cell: (row) => <Count n={row.devices} query={row.query} label={`${counted(row.devices, 'device')} of ${row.model} from ${row.version ?? 'a version that is not known'}`} /> },
                  { title: 'Can go', cell: (row) => <YesNo yes={row.can} /> },
                  { title: 'Why not', wide: true, cell: (row) => row.why ?? '–' },
                ]}
              />
            )}
            <h2 id="fixes">What does it fix?</h2>
            <p>{effectSentence(data)}</p>
            {data.fixes != null && data.fixes.length > 0 && <Advisories label="Fixed by it" rows={data.fixes} count={data.fixes_count ?? data.fixes.length} />}
            <h2 id="brings">What does it bring?</h2>
            {data.brings == null ? (
              <p>Nobody can tell without an SBOM.</p>
            ) : data.brings.length === 0 ? (
              <p>Nothing new is known to be open in it.</p>
            ) : (
              <Advisories label="Brought by it" rows={data.brings} count={data.brings_count ?? data.brings.length} />
            )}
            <h2>What is in it?</h2>
            <dl className="facts">
              <dt>Artifact</dt>
              <dd>
                {data.artifact.name || 'without a name'}, {bytes(data.artifact.length)}
              </dd>
              <dt>SHA-256</dt>
              <dd>
                <code>{data.artifact.sha256}</code>
              </dd>
              <dt>Signed as</dt>
              <dd>{data.target_path ? <code>{data.target_path}</code> : 'not signed yet'}</dd>
              <dt>SBOM</dt>
              <dd>{data.has_sbom ? 'attached' : 'none'}</dd>
            </dl>
            {data.sbom_diff && (
              <>
                <h3>
                  Against {data.sbom_diff.against.name} {data.sbom_diff.against.version}
                </h3>
                <p>
                  {counted(data.sbom_diff.changed.length, 'component')} changed, {grouped(data.sbom_diff.added.length)} added, {grouped(data.sbom_diff.removed.length)} removed.
                </p>
                {data.sbom_diff.changed.length + data.sbom_diff.added.length + data.sbom_diff.removed.length > 0 && (
                  <Table
                    label="Difference of the SBOMs"
                    rows={[
                      ...data.sbom_diff.changed,
                      ...data.sbom_diff.added.map((component) => ({ name: component.name, before: '–', after: component.version })),
                      ...data.sbom_diff.removed.map((component) => ({ name: component.name, before: component.version, after: '–' })),
                    ]}
                    rowKey={(row) => `${row.name} ${row.before} ${row.after}`}
                    columns={[
                      { title: 'Component', cell: (row) => row.name },
                      { title: 'Before', cell: (row) => row.before },
                      { title: 'After', wide: true, cell: (row) => row.after },
                    ]}
                  />
                )}
              </>
            )}
          </>
        );
      }}
    </Shown>
  );
}

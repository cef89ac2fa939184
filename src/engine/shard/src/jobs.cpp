// SPDX-License-Identifier: Apache-2.0
#include <shard/jobs.hpp>

namespace oakum::shard {
namespace {

constexpr base::Duration kStoreEvery = std::chrono::seconds(1);

bool has_ended(const ports::JobRow& row) {
    return row.state == "done" || row.state == "failed" || row.state == "cancelled";
}

} // namespace

// Owned by the step that is posted next: shared because a completion and the step name it in turn.
struct Jobs::Running {
    device::TenantId tenant;
    ports::JobRow row;
    std::unique_ptr<JobWork> work;
    base::Duration stored_at{};
};

Jobs::Jobs(Writer& writer, ControlTables& control, ports::Executor& background, ports::Clock& clock, Ids& ids)
    : writer_(writer), control_(control), background_(background), clock_(clock), ids_(ids) {}

void Jobs::start() {
    for (const device::TenantId tenant : control_.tenants())
        for (const auto& row : control_.list<ports::JobRow>(tenant))
            if (!has_ended(*row)) run(tenant, *row);
}

void Jobs::enqueue(device::TenantId tenant, std::string kind, std::string detail, std::string payload,
                   AuditEntry audit, Completion<std::string> done) {
    ports::JobRow row;
    row.id = base::to_text(ids_.next());
    row.kind = std::move(kind);
    row.state = "queued";
    row.detail = std::move(detail);
    row.payload = std::move(payload);
    row.created = clock_.now();
    audit.resource = "job " + row.id;
    writer_.submit<std::string>(
        control_of(tenant), Priority::person,
        [row, audit = std::move(audit)](Transaction& transaction) -> base::Result<std::string> {
            transaction.put(row);
            transaction.change("job", row.id, "{\"state\":\"queued\"}");
            transaction.audit(audit);
            return row.id;
        },
        [this, tenant, row, done = std::move(done)](base::Result<std::string> result) {
            const bool stored = result.ok();
            if (done) done(std::move(result));
            if (stored) run(tenant, row);
        });
}

void Jobs::cancel(device::TenantId tenant, std::string id, AuditEntry audit,
                  std::function<void(base::Status)> done) {
    writer_.submit(
        control_of(tenant), Priority::terminal,
        [id = std::move(id), audit = std::move(audit)](Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::JobRow>(id);
            if (!stored) return base::not_found("there is no job " + id);
            if (has_ended(*stored)) return base::conflict("the job has ended: it is " + stored->state);
            ports::JobRow row = *stored;
            row.state = "cancelled";
            row.ended = transaction.now();
            transaction.put(row);
            transaction.change("job", id, "{\"state\":\"cancelled\"}");
            AuditEntry entry = audit;
            entry.resource = "job " + id;
            transaction.audit(std::move(entry));
            return {};
        },
        std::move(done));
}

void Jobs::run(device::TenantId tenant, ports::JobRow row) {
    auto job = std::make_shared<Running>();
    job->tenant = tenant;
    job->row = std::move(row);
    background_.post([this, job] {
        const auto maker = makers_.find(job->row.kind);
        if (maker == makers_.end()) {
            job->row.state = "failed";
            job->row.detail = "this server does not know jobs of the kind '" + job->row.kind + "'";
            store(job, true);
            return;
        }
        auto work = maker->second(job->tenant, job->row);
        if (!work.ok()) {
            job->row.state = "failed";
            job->row.detail = work.error().text();
            store(job, true);
            return;
        }
        job->work = std::move(work).value();
        job->row.state = "running";
        job->stored_at = clock_.steady();
        step(job);
    });
}

void Jobs::step(const std::shared_ptr<Running>& job) {
    const auto stored = control_.find<ports::JobRow>(job->tenant, job->row.id);
    if (stored && has_ended(*stored)) return; // cancelled meanwhile
    auto progress = job->work->step();
    if (!progress.ok()) {
        job->row.state = "failed";
        job->row.detail = progress.error().text();
        store(job, true);
        return;
    }
    job->row.done = progress->done;
    job->row.total = progress->total;
    if (!progress->detail.empty()) job->row.detail = progress->detail;
    if (!progress->payload.empty()) job->row.payload = progress->payload;
    if (progress->finished) {
        job->row.state = "done";
        store(job, true);
    } else if (clock_.steady() - job->stored_at >= kStoreEvery) {
        store(job, false);
    } else {
        background_.post([this, job] { step(job); });
    }
}

void Jobs::store(const std::shared_ptr<Running>& job, bool last) {
    ports::JobRow row = job->row;
    if (last) row.ended = clock_.now();
    writer_.submit(
        control_of(job->tenant), last ? Priority::terminal : Priority::person,
        [row](Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::JobRow>(row.id);
            if (stored && has_ended(*stored)) return {}; // a person cancelled it: that stands
            transaction.put(row);
            transaction.change("job", row.id, "{\"state\":\"" + row.state + "\"}");
            return {};
        },
        [this, job, last](base::Status status) {
            job->stored_at = clock_.steady();
            // Progress that could not be stored is told again with the next; an end is tried until it is
            // durable.
            if (last && !status.ok())
                background_.post_after(kStoreEvery, [this, job] { store(job, true); });
            else if (!last)
                background_.post([this, job] { step(job); });
        });
}

} // namespace oakum::shard

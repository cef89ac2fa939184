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
    Running(Jobs& owner, device::TenantId whose, ports::JobRow taken)
        : jobs(owner), tenant(whose), row(std::move(taken)) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { jobs.release(row.id); }

    Jobs& jobs;
    device::TenantId tenant;
    ports::JobRow row;
    std::unique_ptr<JobWork> work;
    base::Duration stored_at{};
    bool checkpoint = false;
};

Jobs::Jobs(Writer& writer, ControlTables& control, ports::Executor& background, ports::Clock& clock, Ids& ids,
           base::LogSink& log, Alone alone)
    : writer_(writer), control_(control), background_(background), clock_(clock), ids_(ids), log_(log),
      alone_(alone), holder_(base::to_text(ids.next())) {}

bool Jobs::reserve(const std::string& id) {
    base::Lock lock(mutex_);
    return running_.insert(id).second;
}

void Jobs::release(const std::string& id) {
    base::Lock lock(mutex_);
    running_.erase(id);
}

void Jobs::take_up() {
    for (const device::TenantId tenant : control_.tenants())
        for (const auto& row : control_.list<ports::JobRow>(tenant))
            if (!has_ended(*row) && reserve(row->id)) take(tenant, row->id);
}

// The job as it is now ours; nothing when it has ended, or is another's for the time being.
base::Result<std::optional<ports::JobRow>> Jobs::lease(Transaction& transaction,
                                                       const std::string& id) const {
    const auto stored = transaction.find<ports::JobRow>(id);
    if (!stored || has_ended(*stored)) return std::optional<ports::JobRow>();
    const bool others =
        stored->holder != holder_ && stored->lease_until && *stored->lease_until > transaction.now();
    if (others && alone_ == Alone::no) return std::optional<ports::JobRow>();
    ports::JobRow row = *stored;
    row.holder = holder_;
    ++row.lease;
    row.lease_until = transaction.now() + kLease;
    if (row.lease > kTakes) {
        row.state = "failed";
        row.detail =
            "it was interrupted " + std::to_string(kTakes) +
            " times before it ended and is not tried again; see the server's log, then start it anew";
        row.ended = transaction.now();
        row.lease_until.reset();
        transaction.change("job", id, "{\"state\":\"failed\"}");
    }
    transaction.put(row);
    return std::optional(std::move(row));
}

void Jobs::take(device::TenantId tenant, const std::string& id) {
    writer_.submit<std::optional<ports::JobRow>>(
        control_of(tenant), Priority::person,
        [this, id](Transaction& transaction) { return lease(transaction, id); },
        [this, tenant, id](base::Result<std::optional<ports::JobRow>> taken) {
            if (!taken.ok()) {
                log_.write(base::LogLevel::warning, "job",
                           "job " + id +
                               " could not be taken up and is tried again: " + taken.error().text());
                background_.post_after(kStoreEvery, [this, tenant, id] { take(tenant, id); });
            } else if (*taken && !has_ended(**taken)) {
                log_.write(base::LogLevel::info, "job", (*taken)->kind + " " + id + " is taken up again");
                run(tenant, std::move(**taken));
            } else {
                release(id);
            }
        });
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
    row.holder = holder_;
    row.lease = 1;
    row.lease_until = row.created + kLease;
    audit.resource = "job " + row.id;
    reserve(row.id);
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
            if (stored)
                run(tenant, row);
            else
                release(row.id);
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
            row.lease_until.reset();
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
    auto job = std::make_shared<Running>(*this, tenant, std::move(row));
    background_.post([this, job] { begin(job); });
}

void Jobs::fail(const std::shared_ptr<Running>& job, std::string why) {
    job->row.state = "failed";
    job->row.detail = std::move(why);
    store(job, true);
}

void Jobs::begin(const std::shared_ptr<Running>& job) {
    const auto maker = makers_.find(job->row.kind);
    if (maker == makers_.end())
        return fail(job, "this server does not know jobs of the kind '" + job->row.kind + "'");
    auto work = maker->second(job->tenant, job->row);
    if (!work.ok()) return fail(job, work.error().text());
    job->work = std::move(work).value();
    job->row.state = "running";
    job->stored_at = clock_.steady();
    step(job);
}

void Jobs::step(const std::shared_ptr<Running>& job) {
    const auto stored = control_.find<ports::JobRow>(job->tenant, job->row.id);
    // Cancelled meanwhile, or another process has it now.
    if (!stored || has_ended(*stored) || stored->lease != job->row.lease) return;
    auto progress = job->work->step();
    if (!progress.ok()) return fail(job, progress.error().text());
    job->row.done = progress->done;
    job->row.total = progress->total;
    if (!progress->detail.empty()) job->row.detail = progress->detail;
    if (!progress->payload.empty()) job->row.payload = progress->payload;
    if (progress->finished) {
        job->row.state = "done";
        store(job, true);
    } else if (progress->wait) {
        progress->wait([this, job] { background_.post([this, job] { step(job); }); });
    } else if (progress->checkpoint || clock_.steady() - job->stored_at >= kStoreEvery) {
        job->checkpoint = progress->checkpoint;
        store(job, false);
    } else {
        background_.post([this, job] { step(job); });
    }
}

void Jobs::store(const std::shared_ptr<Running>& job, bool last) {
    ports::JobRow row = job->row;
    if (last) row.ended = clock_.now();
    // False: it is no longer ours to write.
    writer_.submit<bool>(
        control_of(job->tenant), last ? Priority::terminal : Priority::person,
        [row, last](Transaction& transaction) mutable -> base::Result<bool> {
            const auto stored = transaction.find<ports::JobRow>(row.id);
            // A person cancelled it: that stands. Another process took it: that one tells how it goes on.
            if (!stored || has_ended(*stored) || stored->lease != row.lease) return false;
            row.lease_until = last ? std::nullopt : std::optional(transaction.now() + kLease);
            transaction.put(row);
            transaction.change("job", row.id, "{\"state\":\"" + row.state + "\"}");
            return true;
        },
        [this, job, last](base::Result<bool> written) {
            job->stored_at = clock_.steady();
            if (written.ok() && !*written) return;
            // Progress that could not be stored is told again with the next; an end and a checkpoint are
            // tried until they are durable.
            if ((last || job->checkpoint) && !written.ok())
                background_.post_after(kStoreEvery, [this, job, last] { store(job, last); });
            else if (!last)
                background_.post([this, job] { step(job); });
        });
}

} // namespace oakum::shard

// SPDX-License-Identifier: Apache-2.0
// Backups as jobs: what queues them.
#include "backups.hpp"

#include <fleet/core.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <utility>

namespace oakum::server {

namespace {

namespace fs = std::filesystem;

constexpr base::Duration kQueueing = std::chrono::minutes(1);
constexpr std::string_view kMake = "backup", kCheck = "backup check";

bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= 128 && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '_';
           });
}

bool has_ended(const ports::JobRow& job) {
    return job.state != "queued" && job.state != "running";
}

std::string payload_of(const std::string& name, bool with_files) {
    std::string payload;
    json::Writer(payload).begin_object().member("file", name).member("with_files", with_files).end_object();
    return payload;
}

} // namespace

// Is noted, waits for the thread that copies, and tells. One that was interrupted is not begun again: the
// copied store names the job that copies it, and a restored server would write a backup that nobody asked
// for.
class Backups::Work final : public shard::JobWork {
  public:
    Work(Backups& backups, ports::Executor& copies, std::string name,
         std::function<base::Result<std::string>()> does, std::string doing, bool again)
        : backups_(backups), copies_(copies), name_(std::move(name)), does_(std::move(does)),
          doing_(std::move(doing)), next_(again ? Step::was_interrupted : Step::note) {}
    // Nobody asked what became of it: it was cancelled.
    ~Work() override {
        if (told_ && told_->ok()) backups_.cancelled(name_);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    base::Result<shard::Progress> step() override {
        shard::Progress progress{false, 0, 1, doing_, {}, false};
        switch (next_) {
        case Step::note:
            next_ = Step::act;
            progress.checkpoint = true;
            return progress;
        case Step::act:
            next_ = Step::tell;
            // What goes on with the job keeps it, and this with it.
            progress.wait = [this](std::function<void()> go_on) {
                copies_.post([this, go_on = std::move(go_on)] {
                    told_ = does_();
                    go_on();
                });
            };
            return progress;
        case Step::tell: {
            TRY_VALUE(std::string told, *std::exchange(told_, std::nullopt));
            return shard::Progress{true, 1, 1, std::move(told), {}, false};
        }
        case Step::was_interrupted:
            break;
        }
        std::error_code error;
        if (!fs::exists(backups_.folder() / name_, error))
            return base::unavailable("the server ended before this backup did; start it anew");
        return shard::Progress{
            true, 1,    1, (backups_.folder() / name_).string() + " was written before the server ended",
            {},   false};
    }

  private:
    enum class Step { note, act, tell, was_interrupted };
    Backups& backups_;
    ports::Executor& copies_;
    const std::string name_;
    const std::function<base::Result<std::string>()> does_;
    const std::string doing_;
    Step next_;
    std::optional<base::Result<std::string>> told_;
};

void Backups::register_jobs(shard::Jobs& jobs, ports::Executor& copies) {
    const auto maker = [this, &copies](bool makes) {
        return [this, &copies,
                makes](device::TenantId,
                       const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
            TRY_VALUE(const json::Value payload, json::parse(row.payload));
            TRY_VALUE(const std::string name, payload.string_at("file"));
            TRY_VALUE(const bool with_files, payload.bool_at("with_files"));
            return std::unique_ptr<shard::JobWork>(std::make_unique<Work>(
                *this, copies, name,
                [this, makes, name, with_files] { return makes ? make(name, with_files) : check(name); },
                (makes ? "writing " : "reading ") + (folder() / name).string(), makes && row.lease > 1));
        };
    };
    jobs.kind(std::string(kMake), maker(true));
    jobs.kind(std::string(kCheck), maker(false));
}

void Backups::enqueue(shard::Jobs& jobs, const access::Actor& actor, const std::string& name, bool with_files,
                      shard::Completion<std::string> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::backup_create); !allowed.ok())
        return done(std::move(allowed).error());
    if (!is_file_name(name) || name.starts_with(backup::kOwnPrefix) ||
        name.starts_with(backup::kUpgradePrefix))
        return done(base::invalid("a backup has a plain file name: letters, digits, '.', '-' and '_'; those "
                                  "that begin with \"auto-\" or \"before-upgrade-\" are the server's own, "
                                  "which it removes again")
                        .at("/file"));
    std::error_code error;
    if (fs::exists(folder() / name, error))
        return done(base::conflict("a backup of that name is there already"));
    jobs.enqueue(fleet::tenant_of(actor), std::string(kMake), "writing " + name, payload_of(name, with_files),
                 {actor.text(), "backup.create", "", "",
                  name + (with_files ? ", whole" : ", without artifacts and feeds"), ""},
                 std::move(done));
}

void Backups::enqueue_check(shard::Jobs& jobs, const access::Actor& actor, const std::string& name,
                            shard::Completion<std::string> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::backup_create); !allowed.ok())
        return done(std::move(allowed).error());
    std::error_code error;
    if (!is_file_name(name) || !fs::is_regular_file(folder() / name, error))
        return done(base::not_found("there is no backup of that name; oakum backup list shows those there "
                                    "are"));
    jobs.enqueue(fleet::tenant_of(actor), std::string(kCheck), "reading " + name, payload_of(name, true),
                 {actor.text(), "backup.verify", "", "", name, ""}, std::move(done));
}

void Backups::look(shard::Jobs& jobs) {
    const base::TimePoint now = clock_.now();
    const backup::Schedule wanted = schedule();
    bool due = false, open = false;
    {
        const base::Lock lock(mutex_);
        const auto next = backup::next_due(wanted, record_, started_, now);
        due = next && now >= *next;
        for (const backup::Attempt& attempt : record_.attempts())
            open = open || !attempt.ended;
    }
    if (!due && !open) return;
    for (const device::TenantId tenant : control_.tenants())
        for (const auto& job : control_.list<ports::JobRow>(tenant))
            if ((job->kind == kMake || job->kind == kCheck) && !has_ended(*job)) return;
    // One that was queued a moment ago may not be among the jobs yet.
    if (open) note_cancelled(now - kQueueing);
    if (!due) return;
    const std::string name = backup::own_name(now);
    backup::Attempt attempt;
    attempt.file = name;
    attempt.began = now;
    attempt.with_files = wanted.with_files;
    note(attempt); // so that the next look does not begin another
    jobs.enqueue(device::kDefaultTenant, std::string(kMake), "writing " + name,
                 payload_of(name, wanted.with_files),
                 {"oakumd", "backup.create", "", "",
                  name + (wanted.with_files ? ", whole" : ", without artifacts and feeds"), "it was due"},
                 [this, attempt](const base::Result<std::string>& queued) {
                     if (queued.ok()) return;
                     backup::Attempt failed = attempt;
                     failed.ended = clock_.now();
                     failed.failure = "it could not be queued: " + queued.error().text();
                     note(failed);
                     log_.write(base::LogLevel::error, "backup", failed.file + ": " + failed.failure);
                 });
}

} // namespace oakum::server

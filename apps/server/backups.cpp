// SPDX-License-Identifier: Apache-2.0
#include "backups.hpp"

#include <backup/archive.hpp>
#include <fleet/core.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <sqlite/backup.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace oakum::server {

namespace {

constexpr std::string_view kKind = "backup";

bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= 128 && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '_';
           });
}

} // namespace

// Is noted, waits for the thread that copies, and tells. One that was interrupted is not begun again: the
// copied store names the job that copies it, and a restored server would write a backup that nobody asked
// for.
class Backups::Work final : public shard::JobWork {
  public:
    Work(const Backups& backups, ports::Executor& copies, std::filesystem::path file, bool with_files,
         bool again)
        : backups_(backups), copies_(copies), file_(std::move(file)), with_files_(with_files),
          next_(again ? Step::was_interrupted : Step::note) {}
    // Nobody asked what became of it: it was cancelled.
    ~Work() override {
        std::error_code error;
        if (told_ && told_->ok()) std::filesystem::remove(file_, error);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    base::Result<shard::Progress> step() override {
        shard::Progress progress{false, 0, 1, "writing " + file_.string(), {}, false};
        switch (next_) {
        case Step::note:
            next_ = Step::write;
            progress.checkpoint = true;
            return progress;
        case Step::write:
            next_ = Step::tell;
            // What goes on with the job keeps it, and this with it.
            progress.wait = [this](std::function<void()> go_on) {
                copies_.post([this, go_on = std::move(go_on)] {
                    told_ = backups_.write(file_, with_files_);
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
        if (!std::filesystem::exists(file_, error))
            return base::unavailable("the server ended before this backup did; start it anew");
        return shard::Progress{true, 1,    1, file_.string() + " was written before the server ended",
                               {},   false};
    }

  private:
    enum class Step { note, write, tell, was_interrupted };
    const Backups& backups_;
    ports::Executor& copies_;
    const std::filesystem::path file_;
    const bool with_files_;
    Step next_;
    std::optional<base::Result<std::string>> told_;
};

void Backups::register_jobs(shard::Jobs& jobs, ports::Executor& copies) {
    jobs.kind(std::string(kKind),
              [this, &copies](device::TenantId,
                              const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
                  TRY_VALUE(const json::Value payload, json::parse(row.payload));
                  TRY_VALUE(const std::string name, payload.string_at("file"));
                  TRY_VALUE(const bool with_files, payload.bool_at("with_files"));
                  return std::unique_ptr<shard::JobWork>(
                      std::make_unique<Work>(*this, copies, folder() / name, with_files, row.lease > 1));
              });
}

void Backups::enqueue(shard::Jobs& jobs, const access::Actor& actor, const std::string& name, bool with_files,
                      shard::Completion<std::string> done) const {
    if (base::Status allowed = fleet::may_do(actor, access::Action::backup_create); !allowed.ok())
        return done(std::move(allowed).error());
    if (!is_file_name(name))
        return done(
            base::invalid("a backup has a plain file name: letters, digits, '.', '-' and '_'").at("/file"));
    std::error_code error;
    if (std::filesystem::exists(folder() / name, error))
        return done(base::conflict("a backup of that name is there already"));
    std::string payload;
    json::Writer(payload).begin_object().member("file", name).member("with_files", with_files).end_object();
    jobs.enqueue(fleet::tenant_of(actor), std::string(kKind), "writing " + name, std::move(payload),
                 {actor.text(), "backup.create", "", "",
                  name + (with_files ? ", whole" : ", without artifacts and feeds"), ""},
                 std::move(done));
}

// The store is copied first: what it names is then in the folder, since artifacts only ever come.
base::Result<std::string> Backups::write(const std::filesystem::path& file, bool with_files) const {
    const std::filesystem::path copy = file.parent_path() / ("." + file.filename().string() + ".store");
    std::error_code error;
    if (std::filesystem::exists(file, error)) return base::conflict("a backup of that name is there already");
    std::filesystem::remove(copy, error); // left by a backup that was interrupted
    const auto copied = sqlite::backup(store_, copy);
    base::Result<std::uint64_t> written =
        copied.ok() ? backup::write(data_, copy,
                                    {version_, fingerprint_, clock_.now(), copied->devices, with_files}, file)
                    : base::Result<std::uint64_t>(copied.error());
    std::filesystem::remove(copy, error);
    if (!written.ok()) return std::move(written).error();
    return file.string() + ": " + std::to_string(*written) + " bytes, " + std::to_string(copied->devices) +
           (copied->devices == 1 ? " device" : " devices");
}

} // namespace oakum::server

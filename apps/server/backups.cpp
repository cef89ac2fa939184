// SPDX-License-Identifier: Apache-2.0
#include "backups.hpp"

#include "keys.hpp"

#include <backup/archive.hpp>
#include <fleet/core.hpp>
#include <pki/authority.hpp>
#include <system/file.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace oakum::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyFile = 16 << 10;

std::uint64_t bytes_below(const fs::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (std::error_code none; at->is_regular_file(none)) bytes += at->file_size(none);
    return bytes;
}

std::uint64_t bytes_of(const fs::path& file) {
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(file, error);
    return error ? 0 : bytes;
}

base::TimePoint written(const fs::directory_entry& file) {
    std::error_code error;
    const auto at = std::chrono::file_clock::to_sys(file.last_write_time(error));
    return error ? base::TimePoint() : std::chrono::floor<base::Duration>(at);
}

// Of a backup that was cut off; whatever else begins with a dot there is somebody's.
bool is_left_over(std::string_view name) {
    return name == ".reading" ||
           (name.starts_with('.') &&
            (name.ends_with(".part") || name.ends_with(".store") || name.ends_with(".store-journal")));
}

std::string counted(std::uint64_t count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

} // namespace

Backups::Backups(fs::path data, sqlite::StoreOptions store, std::string version, std::string fingerprint,
                 base::Digest256 seal, const shard::ControlTables& control, ports::Clock& clock,
                 base::LogSink& log)
    : data_(std::move(data)), store_(std::move(store)), version_(std::move(version)),
      fingerprint_(std::move(fingerprint)), seal_(seal), control_(control), clock_(clock), log_(log),
      started_(clock.now()) {
    settle();
}

void Backups::settle() {
    const base::Lock lock(mutex_);
    std::error_code error;
    std::vector<backup::Record::File> files;
    std::vector<fs::path> left;
    for (fs::directory_iterator file(folder(), error), end; !error && file != end; file.increment(error)) {
        const std::string name = file->path().filename().string();
        if (is_left_over(name))
            left.push_back(file->path());
        else if (name.front() == '.')
            continue;
        else if (std::error_code none; file->is_regular_file(none))
            files.push_back({name, bytes_of(file->path()), written(*file)});
    }
    for (const fs::path& each : left)
        fs::remove_all(each, error);
    if (fs::exists(folder() / backup::Record::kFile, error)) {
        const auto text = system::read_bounded(folder() / backup::Record::kFile, backup::Record::kLongest);
        auto record = text.ok() ? backup::Record::parse(*text) : base::Result<backup::Record>(text.error());
        if (record.ok())
            record_ = std::move(*record);
        else
            log_.write(base::LogLevel::warning, "backup",
                       record.error().text() +
                           "; the backups are there, and count as unverified until they are looked at again");
    }
    record_.settle(files, clock_.now());
    keep();
}

base::Result<std::string> Backups::make(const std::string& name, bool with_files) {
    backup::Attempt attempt;
    attempt.file = name;
    attempt.began = clock_.now();
    attempt.with_files = with_files;
    note(attempt);
    auto made = write(folder() / name, with_files, attempt);
    attempt.ended = clock_.now();
    if (made.ok()) {
        attempt.verified = attempt.ended;
        note(attempt);
        remove_superfluous();
    } else {
        attempt.failure = made.error().text();
        note(attempt);
        log_.write(base::LogLevel::error, "backup", "\"" + name + "\": " + attempt.failure);
    }
    return made;
}

base::Result<std::string> Backups::make_before_upgrade(int schema) {
    std::vector<std::string> older;
    {
        const base::Lock lock(mutex_);
        older = backup::superfluous_before_upgrade(record_);
    }
    for (const std::string& each : older)
        cancelled(each);
    const std::string name = std::string(backup::kUpgradePrefix) + std::to_string(schema) + "-" +
                             backup::own_name(clock_.now()).substr(backup::kOwnPrefix.size());
    // A restore and an upgrade within one second would ask for the same name.
    std::string free = name;
    std::error_code error;
    for (int number = 2; fs::exists(folder() / free, error); ++number)
        free = fs::path(name).stem().string() + "-" + std::to_string(number) + ".oakum";
    return make(free, false);
}

// The store is copied first: what it names is then in the folder, since artifacts only ever come.
base::Result<std::string> Backups::write(const fs::path& file, bool with_files, backup::Attempt& attempt) {
    std::error_code error;
    if (fs::exists(file, error)) return base::conflict("a backup of that name is there already");
    const std::uint64_t store_bytes = bytes_of(store_.file) + bytes_of(store_.file.string() + "-wal");
    const std::uint64_t files = with_files ? bytes_below(data_ / "artifacts") + bytes_below(data_ / "feeds") +
                                                 bytes_of(data_ / "advisories.oadb")
                                           : 0;
    if (const auto room = fs::space(folder(), error); !error)
        TRY(backup::check_room(store_bytes, files, room.available));
    const fs::path copy = file.parent_path() / ("." + file.filename().string() + ".store");
    fs::remove(copy, error); // left by a backup that was interrupted
    const auto copied = sqlite::backup(store_, copy);
    base::Result<std::uint64_t> made =
        copied.ok() ? backup::write(data_, copy,
                                    {version_, fingerprint_, clock_.now(), copied->devices, with_files}, file)
                    : base::Result<std::uint64_t>(copied.error());
    fs::remove(copy, error);
    if (!made.ok()) return std::move(made).error();
    attempt.bytes = *made;
    attempt.devices = copied->devices;
    const auto seen = read_back(file, &*copied);
    if (!seen.ok()) {
        // What nobody could restore only takes room and gives comfort.
        fs::remove(file, error);
        base::Error cause = seen.error();
        return std::move(cause).wrap("it was written, could not be read back, and was removed");
    }
    if (seen->damaged_artifacts > 0)
        attempt.remark = counted(seen->damaged_artifacts, "artifact") +
                         " in it were damaged on disk before: upload them again";
    return file.string() + ": " + std::to_string(*made) + " bytes, " + counted(copied->devices, "device") +
           ", read back and verified" + (attempt.remark.empty() ? "" : "; " + attempt.remark);
}

base::Result<std::string> Backups::check(const std::string& name) {
    backup::Attempt attempt;
    {
        const base::Lock lock(mutex_);
        attempt = record_.at(name, clock_.now());
    }
    const auto seen = read_back(folder() / name, nullptr);
    // What could not be looked at may still be sound.
    if (!seen.ok() && seen.error().kind == base::ErrorKind::unavailable) return seen.error();
    attempt.bytes = bytes_of(folder() / name);
    attempt.ended = attempt.ended.value_or(clock_.now());
    if (seen.ok()) {
        attempt.verified = clock_.now();
        attempt.failure.clear();
        attempt.devices = seen->about.devices;
        attempt.with_files = seen->about.with_files;
        attempt.remark = seen->damaged_artifacts == 0
                             ? ""
                             : counted(seen->damaged_artifacts, "artifact") + " in it were damaged before";
    } else {
        attempt.failure = seen.error().text();
        log_.write(base::LogLevel::error, "backup", "\"" + name + "\": " + attempt.failure);
    }
    note(attempt);
    if (!seen.ok()) return seen.error();
    return name + " is sound: " + std::to_string(seen->bytes) + " bytes of parts as their sums say, " +
           counted(seen->about.devices, "device") + ", of " + base::to_iso8601(seen->about.made) +
           (attempt.remark.empty() ? "" : "; " + attempt.remark);
}

// What a restore needs: every byte as its sum says, the store sound and of the moment that was copied, the CA
// and its key one pair and this backup's, and the key without which second factors and channels stay sealed.
base::Result<backup::Verified> Backups::read_back(const fs::path& file,
                                                  const sqlite::BackupInfo* expected) const {
    const auto look = [&](const fs::path& parts, const backup::About& about) -> base::Status {
        TRY_VALUE(const sqlite::BackupInfo info, sqlite::check_backup(parts / "oakum.db"));
        if (info.devices != about.devices)
            return base::corrupt("its store has " + counted(info.devices, "device") + " and not " +
                                 std::to_string(about.devices));
        if (expected != nullptr &&
            (info.schema != expected->schema || info.last_change != expected->last_change))
            return base::corrupt("its store is not the one that was copied");
        TRY_VALUE(const std::string pem, system::read_bounded(parts / "keys/online/ca.pem", kKeyFile));
        TRY_VALUE(const std::string secret, system::read_bounded(parts / "keys/online/ca.key", kKeyFile));
        TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::from_pem(secret));
        TRY_VALUE(const pki::Authority authority, pki::Authority::load(pem, key, clock_.now()));
        if (authority.fingerprint().hex() != about.server)
            return base::corrupt("the CA in it is not that of the server that it says it is of");
        // Of a version before, there is none.
        std::error_code error;
        if (expected == nullptr && !fs::exists(parts / "keys/online/seal.key", error)) return {};
        TRY_VALUE(const auto seal, read_seal_key(parts / "keys/online/seal.key"));
        if (expected != nullptr && base::sha256(seal) != seal_)
            return base::corrupt("the key in it is not that which seals the store's secrets");
        return {};
    };
    return backup::verify(file, folder() / ".reading", look);
}

void Backups::note_cancelled(base::TimePoint before) {
    const base::Lock lock(mutex_);
    std::vector<backup::Attempt> ended;
    for (const backup::Attempt& attempt : record_.attempts())
        if (!attempt.ended && attempt.began < before) ended.push_back(attempt);
    for (backup::Attempt& attempt : ended) {
        attempt.ended = clock_.now();
        attempt.failure = "it was cancelled before it began";
        record_.at(attempt.file, attempt.began) = attempt;
    }
    if (!ended.empty()) keep();
}

void Backups::cancelled(const std::string& name) {
    std::error_code error;
    fs::remove(folder() / name, error);
    const base::Lock lock(mutex_);
    record_.forget(name);
    keep();
}

void Backups::remove_superfluous() {
    const backup::Schedule wanted = schedule();
    const base::Lock lock(mutex_);
    for (const std::string& name : backup::superfluous(wanted, record_)) {
        std::error_code error;
        fs::remove(folder() / name, error);
        if (error)
            log_.write(base::LogLevel::warning, "backup",
                       name + " is one too many and could not be removed: " + error.message());
        else
            record_.forget(name);
    }
    keep();
}

void Backups::note(const backup::Attempt& attempt) {
    const base::Lock lock(mutex_);
    record_.at(attempt.file, attempt.began) = attempt;
    keep();
}

void Backups::keep() {
    const base::Status kept = system::write_durably(folder() / backup::Record::kFile, record_.text());
    if (!kept.ok())
        log_.write(base::LogLevel::warning, "backup",
                   "what became of the backups could not be noted: " + kept.error().text());
}

backup::Schedule Backups::schedule() const {
    const backup::Schedule usual;
    const auto setting = [&](std::string_view name, std::uint32_t fallback) {
        return fleet::setting(control_, device::kDefaultTenant, name, fallback);
    };
    const auto seconds =
        static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(usual.every).count());
    return {std::chrono::seconds(setting("backup_seconds", seconds)), setting("backup_keep", usual.keep),
            setting("backup_with_files", 1) != 0};
}

std::vector<api::Backup> Backups::list() const {
    const base::Lock lock(mutex_);
    std::vector<api::Backup> views;
    for (const backup::Attempt& attempt : record_.attempts()) {
        using State = api::Backup::State;
        api::Backup view;
        view.file = attempt.file;
        view.state = !attempt.failure.empty() ? State::failed
                     : !attempt.ended         ? State::running
                     : attempt.verified       ? State::verified
                                              : State::unverified;
        view.by_server = backup::is_own(attempt);
        view.began = attempt.began;
        view.ended = attempt.ended;
        view.verified = attempt.verified;
        view.bytes = attempt.bytes;
        view.devices = attempt.devices;
        view.with_files = attempt.with_files;
        view.detail = !attempt.failure.empty() ? attempt.failure : attempt.remark;
        views.push_back(std::move(view));
    }
    return views;
}

api::BackupSchedule Backups::schedule_view() const {
    const backup::Schedule wanted = schedule();
    const base::TimePoint now = clock_.now();
    const base::Lock lock(mutex_);
    api::BackupSchedule view;
    view.every_seconds =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(wanted.every).count());
    view.keep = wanted.keep;
    view.with_files = wanted.with_files;
    view.next = backup::next_due(wanted, record_, started_, now);
    view.folder = folder().string();
    if (const backup::Attempt* sound = record_.newest_verified()) view.newest_verified = sound->began;
    view.warning = backup::warning(wanted, record_, started_, now);
    return view;
}

std::optional<std::string> Backups::warning() const {
    const backup::Schedule wanted = schedule();
    const base::Lock lock(mutex_);
    return backup::warning(wanted, record_, started_, clock_.now());
}

std::optional<base::TimePoint> Backups::newest_verified() const {
    const base::Lock lock(mutex_);
    const backup::Attempt* sound = record_.newest_verified();
    return sound != nullptr ? std::optional(sound->began) : std::nullopt;
}

bool Backups::failing() const {
    const base::Lock lock(mutex_);
    return record_.newest_failed() != nullptr;
}

} // namespace oakum::server

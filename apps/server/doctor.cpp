// SPDX-License-Identifier: Apache-2.0
#include "doctor.hpp"

#include <advisory/file.hpp>
#include <alarm/limits.hpp>
#include <backup/record.hpp>
#include <metadata/reader.hpp>
#include <metadata/write.hpp>
#include <pki/authority.hpp>
#include <pki/cleanse.hpp>
#include <sqlite/backup.hpp>
#include <sqlite/schema.hpp>
#include <system/file.hpp>
#include <trust/limits.hpp>

#include <algorithm>
#include <array>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::server {

namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

constexpr std::size_t kKeyFile = 16 << 10;
constexpr rlim_t kFiles = 65'536;
// No server of this version ever ran before: a clock that says so was never set.
constexpr std::int64_t kFirstDay = 1'767'225'600; // 2026-01-01

std::int64_t days(base::Duration span) {
    return std::chrono::duration_cast<std::chrono::hours>(span).count() / 24;
}

std::string gigabytes(std::uint64_t bytes) {
    const std::uint64_t tenths = bytes * 10 >> 30;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

class Examination {
  public:
    Examination(const fs::path& data, base::TimePoint now) : data_(data), now_(now) {}

    std::vector<Finding> all() {
        if (!folder()) return std::move(findings_);
        clock();
        room();
        files();
        keys();
        store();
        advisories();
        backups();
        return std::move(findings_);
    }

  private:
    void add(Level level, std::string what, std::string sentence, std::string remedy = {}) {
        std::replace(sentence.begin(), sentence.end(), '\n', ' '); // SQLite's words have lines
        findings_.push_back({level, std::move(what), std::move(sentence), std::move(remedy)});
    }

    bool folder() {
        struct stat seen{};
        if (::stat(data_.c_str(), &seen) != 0 || !S_ISDIR(seen.st_mode)) {
            add(Level::ill, "folder", data_.string() + " is not a folder that can be read",
                "name the folder that oakumd is started with, and run this as its user or root");
            return false;
        }
        if (::access(data_.c_str(), R_OK | X_OK) != 0) {
            add(Level::ill, "folder", data_.string() + " cannot be read by this user",
                "run this as the user of oakumd or root");
            return false;
        }
        if ((seen.st_mode & 077) != 0)
            add(Level::warning, "folder", data_.string() + " can be read by others than its owner",
                "chmod 700 " + data_.string());
        // Who looks may be somebody else than who runs: taken and let go at once, without making the file.
        std::error_code error;
        const bool ever = fs::exists(data_ / "lock", error);
        const auto lock = ever ? system::FileLock::acquire(data_ / "lock")
                               : base::Result<system::FileLock>(base::not_found("never started"));
        add(Level::well, "server", !ever ? "never started here" : lock.ok() ? "does not run" : "runs");
        return true;
    }

    void clock() {
        if (base::unix_seconds(now_) < kFirstDay)
            add(Level::ill, "clock", "the machine says that it is " + base::to_date(now_),
                "set its clock: certificates and signed metadata are worthless with it");
        else
            add(Level::well, "clock", "says " + base::to_iso8601(now_));
    }

    void room() {
        std::error_code error;
        const fs::space_info space = fs::space(data_, error);
        if (error) return add(Level::warning, "disk", "free room cannot be read: " + error.message());
        const std::string sentence = gigabytes(space.available) + " free of " + gigabytes(space.capacity);
        if (alarm::disk_is_low(space.available, space.capacity))
            add(Level::warning, "disk", sentence,
                "make room: with a full disk nothing is written, though reads and polls go on");
        else
            add(Level::well, "disk", sentence);
    }

    void files() {
        rlimit limit{};
        if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
        if (limit.rlim_max < kFiles)
            add(Level::warning, "open files",
                "at most " + std::to_string(limit.rlim_max) + ": each connection of a device is one",
                "raise it, as LimitNOFILE= in the unit does");
        else
            add(Level::well, "open files", "at most " + std::to_string(limit.rlim_max));
    }

    // A secret that others can read is no secret.
    void secret(const fs::path& file) {
        struct stat seen{};
        if (::stat(file.c_str(), &seen) == 0 && (seen.st_mode & 077) != 0)
            add(Level::ill, "keys", file.string() + " can be read by others than its owner",
                "chmod 600 " + file.string() +
                    ", and consider the key as known to whoever was on this machine");
    }

    // ROLE.pem, or ROLE-ANYTHING.pem after it was replaced.
    static std::vector<fs::path> keys_of(const fs::path& folder, const std::string& role) {
        std::vector<fs::path> files;
        std::error_code error;
        for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error))
            if (const std::string name = each->path().filename();
                name == role + ".pem" || (name.starts_with(role + "-") && name.ends_with(".pem")))
                files.push_back(each->path());
        return files;
    }

    // The ids of the keys of a role that can be used, as metadata has them.
    std::vector<std::string> ids_of(const fs::path& folder, const std::string& role) {
        std::vector<std::string> ids;
        for (const fs::path& file : keys_of(folder, role)) {
            const auto id = [&]() -> base::Result<std::string> {
                TRY_VALUE(std::string pem, system::read_bounded(file, kKeyFile));
                const auto key = pki::PrivateKey::from_pem(pem);
                pki::cleanse(pem);
                TRY(key);
                TRY_VALUE(const base::Bytes raw, key->public_raw());
                TRY_VALUE(const trust::Key listed, metadata::ed25519_key(raw));
                TRY_VALUE(const trust::KeyId own, metadata::key_id(listed));
                return own.get();
            }();
            if (id.ok())
                ids.push_back(*id);
            else
                add(Level::warning, "keys", file.string() + " is passed over: " + id.error().text(),
                    "move it away, or put the right one in its place");
        }
        return ids;
    }

    // Whether those whom devices believe now can sign here.
    void signers(const fs::path& online) {
        const auto text = system::read_bounded(data_ / "keys/public/root.json", trust::limits::root_bytes);
        if (!text.ok()) return; // not issued yet, or before the first start of this version
        const auto root = metadata::JsonReader().root(base::as_bytes(*text));
        if (!root.ok()) return;
        for (const trust::Role role :
             {trust::Role::snapshot, trust::Role::timestamp, trust::Role::director}) {
            const trust::Signers& listed = root->document.signers(role);
            const std::string name(to_string(role));
            const std::vector<std::string> here = ids_of(online, name);
            const auto usable = std::count_if(listed.keys.begin(), listed.keys.end(), [&](const auto& id) {
                return std::find(here.begin(), here.end(), id.get()) != here.end();
            });
            if (listed.keys.empty() || usable >= static_cast<std::ptrdiff_t>(listed.threshold)) continue;
            add(Level::ill, "keys",
                "devices believe " + std::to_string(listed.threshold) + " of the keys of " + name +
                    " that the root lists; keys/online holds " + std::to_string(usable) + " of them",
                role == trust::Role::director
                    ? "put them there, or name another by a new root: until then devices "
                      "install nothing"
                    : "put them there, or name others by a new root: soon devices are "
                      "told nothing new");
        }
    }

    void keys() {
        const fs::path online = data_ / "keys/online", offline = data_ / "keys/offline";
        std::error_code error;
        if (!fs::exists(data_ / "keys", error))
            return add(Level::well, "keys", "none yet: the first start makes them");
        for (const fs::path& file :
             {online / "ca.key", online / "seal.key", offline / "root.pem", offline / "targets.pem"})
            secret(file);
        for (const char* role : {"snapshot", "timestamp", "director", "log", "evidence"})
            for (const fs::path& file : keys_of(online, role))
                secret(file);
        const auto pem = system::read_bounded(online / "ca.pem", kKeyFile);
        const auto secret_pem = system::read_bounded(online / "ca.key", kKeyFile);
        for (const auto* read : {&pem, &secret_pem})
            if (!read->ok())
                return add(Level::ill, "keys", "the CA cannot be read: " + read->error().text(),
                           "restore a backup; without its CA every device has to be enrolled anew");
        const auto key = pki::PrivateKey::from_pem(*secret_pem);
        const auto ca =
            key.ok() ? pki::Authority::load(*pem, *key, now_) : base::Result<pki::Authority>(key.error());
        if (!ca.ok())
            return add(Level::ill, "keys", "the CA is of no use: " + ca.error().text(),
                       "restore a backup; without its CA every device has to be enrolled anew");
        const std::string sentence = "the CA is good until " + base::to_date(ca->not_after());
        if (ca->not_after() - now_ < alarm::kCaSoon)
            add(Level::warning, "keys", sentence, "plan its successor: devices trust it alone");
        else
            add(Level::well, "keys", sentence);
        for (const char* role : {"snapshot", "timestamp"})
            if (const std::vector<fs::path> files = keys_of(online, role); files.empty())
                add(Level::ill, "keys", std::string("the online key of ") + role + " is missing",
                    "restore a backup: without it devices are soon told nothing new");
        // One that an older server has not made yet is not missing.
        for (const std::string role : {"director", "log"})
            if (fs::exists(data_ / "keys/public" / (role + ".hex"), error) && keys_of(online, role).empty())
                add(Level::ill, "keys", "the online key of " + role + " is missing",
                    "restore a backup, or put another in its place (oakum key create --online " + role +
                        ", oakum key rotate): without it devices whose root names it install nothing");
        signers(online);
        if (fs::exists(offline / "root.pem", error) || fs::exists(offline / "targets.pem", error))
            add(Level::warning, "offline keys", "are on this machine",
                "move " + offline.string() +
                    " to where no network reaches; publishing needs it, nothing else does");
        else
            add(Level::well, "offline keys", "are not on this machine");
    }

    void store() {
        const fs::path file = data_ / "oakum.db";
        std::error_code error;
        if (!fs::exists(file, error)) return add(Level::well, "store", "none yet: the first start makes it");
        const auto info = sqlite::check_backup(file);
        if (!info.ok())
            return add(Level::ill, "store", info.error().text(),
                       "stop oakumd, keep a copy of the folder, and restore the newest backup");
        add(Level::well, "store",
            std::to_string(info->devices) + (info->devices == 1 ? " device" : " devices") + ", schema " +
                std::to_string(info->schema) + " of " + std::to_string(sqlite::kNewestSchema) + ", sound");
    }

    void advisories() {
        std::error_code error;
        const fs::path file = data_ / "advisories.oadb";
        if (!fs::exists(file, error))
            return add(Level::warning, "advisories", "none were imported", "oakum feed import FOLDER");
        const auto mapped = system::MappedFile::open(file);
        const auto opened = mapped.ok() ? advisory::AdvisoryFile::open(mapped->bytes())
                                        : base::Result<advisory::AdvisoryFile>(mapped.error());
        const base::Status sound = opened.ok() ? opened->verify() : base::Status(opened.error());
        if (!sound.ok())
            return add(Level::warning, "advisories", sound.error().text(),
                       "start oakumd anew: it compiles them again from the kept feeds");
        const base::Duration age = now_ - written(file);
        const std::string sentence =
            std::to_string(opened->size()) + " at hand, compiled " + std::to_string(days(age)) + " days ago";
        if (age > alarm::kFeedStale)
            add(Level::warning, "advisories", sentence, "import newer ones: oakum feed import FOLDER");
        else
            add(Level::well, "advisories", sentence);
    }

    void backups() {
        const fs::path folder = data_ / "backups";
        std::error_code error;
        std::size_t files = 0;
        for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error))
            files += file->is_regular_file(error) && file->path().filename().string().front() != '.' ? 1 : 0;
        const std::string make = "oakum backup create NAME, and keep the file on another machine";
        if (files == 0) return add(Level::warning, "backups", "there is none in " + folder.string(), make);
        const auto text = system::read_bounded(folder / backup::Record::kFile, backup::Record::kLongest);
        const auto record =
            text.ok() ? backup::Record::parse(*text) : base::Result<backup::Record>(text.error());
        if (!record.ok())
            return add(Level::warning, "backups", record.error().text(),
                       "oakum backup verify NAME looks at one again");
        if (const backup::Attempt* failed = record->newest_failed())
            add(Level::warning, "backups", "the last one, " + failed->file + ", failed: " + failed->failure,
                "see to the cause, then " + make);
        const backup::Attempt* sound = record->newest_verified();
        if (sound == nullptr)
            return add(Level::warning, "backups",
                       "none of the " + std::to_string(files) + " that are there was verified",
                       "oakum backup verify NAME, or " + make);
        const base::Duration age = now_ - sound->began;
        const std::string sentence =
            "the newest that was verified is " + std::to_string(days(age)) + " days old: " + sound->file;
        if (age > alarm::kFeedStale)
            add(Level::warning, "backups", sentence, make);
        else
            add(Level::well, "backups", sentence);
    }

    static base::TimePoint written(const fs::path& file) {
        struct stat seen{};
        return ::stat(file.c_str(), &seen) == 0 ? base::from_unix_ms(std::int64_t{seen.st_mtim.tv_sec} * 1000)
                                                : base::TimePoint{};
    }

    const fs::path data_;
    const base::TimePoint now_;
    std::vector<Finding> findings_;
};

} // namespace

std::string to_line(const Finding& finding) {
    const auto column = [](std::string text, std::size_t width) {
        text.resize(std::max(text.size(), width), ' ');
        return text + "  ";
    };
    const char* word = finding.level == Level::well      ? "ok"
                       : finding.level == Level::warning ? "look at"
                                                         : "ILL";
    std::string text = column(word, 7) + column(finding.what, 12) + finding.sentence + "\n";
    if (!finding.remedy.empty()) text += column("", 7) + column("", 12) + "-> " + finding.remedy + "\n";
    return text;
}

std::vector<Finding> examine(const fs::path& data, base::TimePoint now) {
    return Examination(data, now).all();
}

} // namespace oakum::server
